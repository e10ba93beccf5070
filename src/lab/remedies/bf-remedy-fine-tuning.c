/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Growing and freezing: the network is trained in stages, each of which trains some hidden layers on top of those
 * that are there already, frozen, and gets a new output layer. Stages are written "1-2, 3-4, 1-4": numbers of hidden
 * dense layers from 1; "7-" goes to the end. The first tutorial's seven are the default.
 *
 * One text serves networks of any depth: a stage that names a layer beyond the end drops out, and so does one that
 * repeats the stage before it; the last reaches to the end.
 */
#include "../bf-remedy-edit.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_STAGES 100
#define T1_STAGES "1-2, 3-4, 1-4, 5-6, 1-6, 7-, 1-"

/* "3-4", "7-", "5"; FALSE: not of that form. */
static gboolean
read_stage (const char *text, guint64 *first, guint64 *last)
{
  char *end;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  *first = *last = g_ascii_strtoull (text, &end, 10);
  while (*end == ' ')
    end++;
  if (*end == '-')
    end++;
  else if (g_str_has_prefix (end, "–"))
    end += strlen ("–");
  else
    return *end == '\0';
  while (*end == ' ')
    end++;
  *last = 0;
  if (*end == '\0')
    return TRUE;
  if (!g_ascii_isdigit (*end))
    return FALSE;
  *last = g_ascii_strtoull (end, &end, 10);
  return *end == '\0' && *last > 0;
}

/* The end of a stage to compare with another's. */
static guint64
get_end (const BfStage *stage)
{
  return stage->last ? stage->last : G_MAXUINT64;
}

static gboolean
add_stage (GArray *stages, const char *text, GError **error)
{
  const BfStage *before = stages->len ? &g_array_index (stages, BfStage, stages->len - 1) : NULL;
  const guint number = stages->len + 1;
  BfStage stage = { 0 };
  guint64 first, last;

  if (!read_stage (text, &first, &last))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID,
                   _("Stage %u, “%s”: the first and the last hidden layer that train are expected, such as “1-2”, "
                     "or “7-” for all from the seventh on."), number, text);
      return FALSE;
    }
  stage.first = (guint) MIN (first, G_MAXUINT);
  stage.last = (guint) MIN (last, G_MAXUINT);
  if (first < 1 || first > BF_MAX_LAYERS || last > BF_MAX_LAYERS)
    g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("Stage %u, “%s”: hidden layers are counted from 1 to %d."),
                 number, text, BF_MAX_LAYERS);
  else if (last && last < first)
    g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("Stage %u, “%s”: it ends before it begins."), number, text);
  else if (before && get_end (&stage) < get_end (before))
    g_set_error (error, BF_ERROR, BF_ERROR_INVALID,
                 _("Stage %u, “%s”: the stage before reaches further, and a network only grows."), number, text);
  else if (stages->len >= MAX_STAGES)
    g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("There are more than %d stages."), MAX_STAGES);
  else
    {
      g_array_append_val (stages, stage);
      return TRUE;
    }
  return FALSE;
}

/* Of BfStage, as written; NULL with error. */
static GArray *
parse (const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  g_autoptr (GArray) stages = g_array_new (FALSE, FALSE, sizeof (BfStage));

  for (guint i = 0; words[i]; i++)
    if (!add_stage (stages, g_strstrip (words[i]), error))
      return NULL;
  if (stages->len > 0)
    return g_steal_pointer (&stages);
  g_set_error (error, BF_ERROR, BF_ERROR_INVALID,
               _("There is no stage. Name the hidden layers that each one trains, such as “1-2, 3-4, 1-”."));
  return NULL;
}

static gboolean
check (const char *text, GError **error)
{
  g_autoptr (GArray) stages = parse (text, error);

  return stages != NULL;
}

/* The stages for n hidden layers, all ends known. */
static GArray *
fit (const GArray *written, guint n, guint epochs)
{
  GArray *stages = g_array_new (FALSE, FALSE, sizeof (BfStage));

  for (guint i = 0; i < written->len; i++)
    {
      BfStage stage = g_array_index (written, BfStage, i);
      const BfStage *before = stages->len ? &g_array_index (stages, BfStage, stages->len - 1) : NULL;

      if (stage.first > n || stage.last > n)
        continue;
      stage.last = stage.last ? stage.last : n;
      stage.epochs = epochs;
      if (!before || before->first != stage.first || before->last != stage.last)
        g_array_append_val (stages, stage);
    }
  if (stages->len == 0)
    {
      const BfStage all = { 1, n, epochs };

      g_array_append_val (stages, all);
    }
  g_array_index (stages, BfStage, stages->len - 1).last = n;
  return stages;
}

static void
apply (BfSpec *spec, const BfOptions *options)
{
  const guint n = bf_remedy_count_hidden (spec), epochs = bf_options_integer (options, "epochs");
  g_autoptr (GArray) written = parse (bf_options_text (options, "stages"), NULL);
  g_autoptr (GArray) stages = NULL;

  if (n == 0 || !written)
    return;
  stages = fit (written, n, epochs);
  /* One stage of all layers is training as it is. */
  if (stages->len == 1 && g_array_index (stages, BfStage, 0).first == 1 && epochs == 0)
    return;
  g_clear_pointer (&spec->stages, g_array_unref);
  spec->stages = g_steal_pointer (&stages);
}

static const BfParam params[] = {
  { .id = "stages", .name = N_("Stages"), .type = BF_PARAM_TEXT, .fallback_text = T1_STAGES, .check = check },
  { .id = "epochs", .name = N_("Epochs a Stage"), .type = BF_PARAM_INTEGER, .minimum = 0, .maximum = 1000000,
    .unit = N_("0: as in Training") },
  { NULL }
};

const BfRemedy bf_remedy_fine_tuning = {
  .kind = {
    .id = "fine-tuning",
    .name = N_("Grow and Freeze"),
    .summary = N_("A few layers at a time: those before keep still, those after are not there yet, so the way back is short."),
    .params = params,
  },
  .family = "fine-tuning",
  .stage = BF_STAGE_FINE_TUNING,
  .formula = "W ← W − η ∂L/∂W for first ≤ layer ≤ last; W before stays",
  .reference = "Bengio et al. 2006",
  .link = "https://proceedings.neurips.cc/paper/2006/hash/5da713a690c067105aeb2fae32403405-Abstract.html",
  .acts_on = N_("the length of the way back"),
  .cost = N_("As many trainings as there are stages; what the first stages learn, they learn without the layers to come."),
  .apply = apply,
};
