/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The loss over the plane of two random directions.
 */
#include "bf-examination.h"

#include <glib/gi18n-lib.h>

#include "../../engine/bf-format.h"
#include "../../engine/bf-landscape.h"

static gpointer
compute (const BfSubject *subject, BfProgress *progress, GError **error)
{
  const guint batch = bf_landscape_get_batch (subject->plan, subject->data);
  g_autoptr (BfNetwork) network = bf_subject_compile (subject, batch, error);

  if (!network)
    return NULL;
  return bf_loss_plane_new (network, subject->data, subject->step, 2 * bf_options_integer (subject->options, "points") + 1,
                            bf_options_number (subject->options, "reach"),
                            bf_options_integer (subject->options, "directions") - 1, progress, error);
}

static char *
explain (const BfOptions *options)
{
  const guint side = 2 * bf_options_integer (options, "points") + 1;
  g_autofree char *all = bf_format_count ((guint64) side * side);

  /* Translators: points along a side of the plane, twice, and points in all */
  return g_strdup_printf (_("%u × %u points: the loss is measured %s times. At a reach of 1 the far points are as long as the "
                            "weights themselves; another pair of directions is another cut through the same loss."), side, side, all);
}

static gpointer
ref (gpointer result)
{
  return bf_loss_plane_ref (result);
}

static void
unref (gpointer result)
{
  bf_loss_plane_unref (result);
}

static const BfParam params[] = {
  { "points", N_("Points to Each Side"), BF_PARAM_INTEGER, 1, 50, 12 },
  { "reach", N_("Reach"), BF_PARAM_NUMBER, 0.001, 10, 1 },
  { "directions", N_("Pair of Directions"), BF_PARAM_INTEGER, 1, 1000, 1 },
  { NULL }
};

extern const BfExaminationKind bf_examination_landscape;
const BfExaminationKind bf_examination_landscape = {
  .kind = { "landscape", N_("Loss Landscape"), N_("The loss over the plane of two random directions"), params },
  .compute = compute,
  .ref = ref,
  .unref = unref,
  .explain = explain,
};
