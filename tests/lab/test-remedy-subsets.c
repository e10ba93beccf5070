/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Every subset of up to three remedies on every ready-made experiment:
 * it can be built, trains a step or diverges at a named place, leaves the starting weights of the layers
 * that the base has as they were, and is gone without a trace when switched off.
 */
#include "bf-remedy.h"

#include <locale.h>
#include <string.h>

#include "bf-dataset.h"
#include "bf-file.h"
#include "bf-trainer.h"

enum
{
  LARGEST = 3,   /* remedies in a subset */
};

typedef struct
{
  BfSpec *base;
  char *text;          /* as a file */
  BfDataset *data;
  BfTrainer *trainer;  /* of the base: its starting weights */
} Case;

static BfTrainer *
make_trainer (BfSpec *effective, BfDataset *data, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfPlan) plan = bf_plan_new (effective, bf_dataset_get_shape (data));
  BfTrainer *trainer = bf_trainer_new (plan, data, 1, &error);

  if (!trainer)
    g_error ("%s: %s", what, error->message);
  return trainer;
}

static void
case_init (Case *self, const char *id)
{
  g_autoptr (GError) error = NULL;

  self->base = bf_examples_load (id, &error);
  g_assert_no_error (error);
  self->text = bf_file_print (self->base);
  self->data = bf_dataset_load (self->base, NULL, NULL, &error);
  g_assert_no_error (error);
  self->trainer = make_trainer (self->base, self->data, id);
}

static void
case_clear (Case *self)
{
  bf_trainer_free (self->trainer);
  bf_dataset_unref (self->data);
  bf_spec_unref (self->base);
  g_free (self->text);
}

/* Another remedy may draw the weights otherwise; none may disturb them. */
static gboolean
changes_start (BfSpec *on)
{
  static const char *const ids[] = { "increasing-weights", "initialization" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    if (bf_spec_find_remedy (on, ids[i]) && bf_spec_find_remedy (on, ids[i])->on)
      return TRUE;
  return FALSE;
}

static const BfParameter *
find_weights (BfTrainer *trainer, const BfPlanLayer *like)
{
  BfNetwork *network = bf_trainer_get_network (trainer);
  const BfPlan *plan = bf_network_get_plan (network);
  const BfParameter *parameters = bf_network_get_parameters (network);

  for (guint i = 0; i < bf_network_get_n_parameters (network); i++)
    {
      const BfPlanLayer *layer = &plan->layers[parameters[i].layer];

      if (layer->layer->id == like->layer->id && layer->copy == like->copy && g_str_equal (parameters[i].name, "weight"))
        return &parameters[i];
    }
  return NULL;
}

/* stages: the first stage has not all layers, and an output of its own. */
static void
check_start (const Case *self, BfTrainer *trainer, gboolean stages, const char *what)
{
  const BfPlan *plan = bf_network_get_plan (bf_trainer_get_network (self->trainer));
  const guint left_out = stages ? 1 : 0;
  guint found = 0;

  for (guint w = 0; w + left_out < plan->n_weighted; w++)
    {
      const BfPlanLayer *layer = &plan->layers[plan->weighted[w]];
      const BfParameter *a = find_weights (self->trainer, layer), *b = find_weights (trainer, layer);

      if (!b && stages)
        continue;
      found++;
      if (!b || a->rows != b->rows || a->columns != b->columns
          || memcmp (a->value, b->value, (gsize) a->rows * a->columns * sizeof (float)) != 0)
        g_error ("%s: the starting weights of %s are others", what, layer->name);
    }
  if (found == 0)
    g_error ("%s: no layer of the base is there", what);
}

/* Each layer of the effective network can be told from every other by id and copy. */
static void
check_ids (BfTrainer *trainer, const char *what)
{
  const BfPlan *plan = bf_network_get_plan (bf_trainer_get_network (trainer));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < plan->n_layers; i++)
    {
      const gint64 key = (gint64) plan->layers[i].layer->id << 16 | plan->layers[i].copy;

      if (!g_hash_table_add (seen, g_memdup2 (&key, sizeof key)))
        g_error ("%s: %s has the id of another layer", what, plan->layers[i].name);
    }
}

static void
check_step (BfTrainer *trainer, const char *what)
{
  const BfStepResult result = bf_trainer_step (trainer);
  g_autoptr (BfSnapshot) snapshot = bf_trainer_snapshot (trainer);

  if (result == BF_STEP_MADE)
    g_assert_cmpuint (snapshot->steps, ==, 1);
  else if (result != BF_STEP_DIVERGED || snapshot->diverged_layer >= snapshot->plan->n_layers
           || snapshot->diverged_step != 0)
    g_error ("%s: neither a step nor a place where it diverged", what);
}

static void
check_off (const Case *self, BfSpec *on, const char *what)
{
  g_autoptr (BfSpec) off = bf_spec_copy (on);
  g_autoptr (BfSpec) back = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < off->remedies->len; i++)
    ((BfRemedySetting *) off->remedies->pdata[i])->on = FALSE;
  back = bf_remedies_apply (off);
  text = bf_file_print (back);
  if (!bf_spec_same_run (back, self->base) || !g_str_equal (text, self->text))
    g_error ("%s: switched off, something stays", what);
}

/* The experiment with some remedies on. */
static void
check_subset (const Case *self, BfSpec *on)
{
  g_autofree char *names = bf_spec_describe_remedies (on);
  g_autofree char *what = g_strdup_printf ("%s with %s", self->base->name, names);
  g_autofree char *before = bf_file_print (on), *after = NULL;
  g_autoptr (BfSpec) effective = bf_remedies_apply (on);
  g_autoptr (BfTrainer) trainer = make_trainer (effective, self->data, what);

  if (!changes_start (on))
    check_start (self, trainer, effective->stages != NULL, what);
  check_ids (trainer, what);
  check_step (trainer, what);
  check_off (self, on, what);
  after = bf_file_print (on);
  g_assert_cmpstr (before, ==, after);
}

static void
check_subsets (const Case *self, BfSpec *on, guint first, guint left)
{
  check_subset (self, on);
  for (guint i = first; left > 0 && bf_remedies ()[i]; i++)
    {
      BfRemedySetting *setting = bf_spec_ensure_remedy (on, bf_remedies ()[i]->id);

      setting->on = TRUE;
      check_subsets (self, on, i + 1, left - 1);
      setting->on = FALSE;
    }
}

static void
test_subsets (gconstpointer id)
{
  Case self;
  g_autoptr (BfSpec) on = NULL;

  case_init (&self, id);
  on = bf_spec_copy (self.base);
  check_subsets (&self, on, 0, LARGEST);
  case_clear (&self);
}

/* One remedy at a time, with each choice that its parameters have. */
static void
test_choices (gconstpointer id)
{
  Case self;

  case_init (&self, id);
  for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
    for (const BfParam *param = (*kind)->params; param && param->id; param++)
      for (const BfKind *const *choice = param->type == BF_PARAM_CHOICE ? param->table () : NULL; choice && *choice; choice++)
        {
          g_autoptr (BfSpec) on = bf_spec_copy (self.base);
          BfRemedySetting *setting = bf_spec_ensure_remedy (on, (*kind)->id);

          setting->on = TRUE;
          g_assert_true (bf_options_set_choice (setting->options, param->id, (*choice)->id, NULL));
          check_subset (&self, on);
        }
  case_clear (&self);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GPtrArray) examples = NULL;

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  examples = bf_examples_list (NULL);
  g_assert_nonnull (examples);
  for (guint i = 0; i < examples->len; i++)
    {
      const char *id = ((const BfExample *) examples->pdata[i])->id;
      g_autofree char *subsets = g_strconcat ("/remedies/subsets/", id, NULL);
      g_autofree char *choices = g_strconcat ("/remedies/choices/", id, NULL);

      g_test_add_data_func (subsets, id, test_subsets);
      g_test_add_data_func (choices, id, test_choices);
    }
  return g_test_run ();
}
