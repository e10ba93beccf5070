/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "landscape-private.h"

#include "../../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

char *
bf_landscape_format (double loss)
{
  if (!isfinite (loss) || fabs (loss) >= 1e5 || (loss != 0 && fabs (loss) < 1e-3))
    return bf_format_value (loss);
  return bf_format_plain (loss, 4);
}

char *
bf_landscape_make_note (const BfLandscapeCenter *center, gboolean brief)
{
  g_autofree char *samples = bf_format_count (center->samples), *step = bf_format_count (center->step);

  if (brief)
    /* Translators: number of samples, step */
    return g_strdup_printf (_("%s training samples, after step %s"), samples, step);
  /* Translators: number of samples, seed, samples in a batch, step */
  return g_strdup_printf (_("%s training samples, chosen by seed %" PRIu64 ", in batches of %u, normalized as in training; nothing dropped out, "
                            "no weight decay. After step %s."), samples, center->seed, center->batch, step);
}

#define LOW 220   /* px */

double
bf_landscape_note_height (BfDraw *draw)
{
  if (draw->style->window && draw->height < LOW)
    return 0;
  return (draw->style->window ? 1.2 : 1.6) * bf_draw_get_size (draw, BF_TYPE_NOTE);
}

static char *
make_short_note (const BfLandscapeCenter *center)
{
  g_autofree char *samples = bf_format_count (center->samples);

  /* Translators: number of samples, and of those in a batch */
  return g_strdup_printf (_("over %s training samples in batches of %u"), samples, center->batch);
}

void
bf_landscape_draw_note (BfDraw *draw, const BfLandscapeCenter *center)
{
  const gboolean mirrored = draw->style->right_to_left;
  g_autofree char *note = draw->style->window ? make_short_note (center) : bf_landscape_make_note (center, draw->small);

  if (bf_landscape_note_height (draw) > 0)
    bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_2], .align = mirrored ? BF_ALIGN_RIGHT : BF_ALIGN_LEFT,
                                 .max_width = MAX (1, draw->width - 2 * draw->margin)),
                  mirrored ? draw->width - draw->margin : draw->margin, draw->height - 0.6 * draw->margin - 0.3 * bf_landscape_note_height (draw), note);
}
