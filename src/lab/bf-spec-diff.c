/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Both experiments are laid out flat with their remedies applied, so that what a remedy inserts or
 * changes has its row like what the user wrote. Names and values come from the kinds' tables.
 */
#include "bf-spec-diff.h"

#include "bf-remedy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A setting of one layer that differs, of as many copies as differ alike. */
typedef struct
{
  char *setting;            /* NULL: the layer itself */
  char *a, *b;
  const BfLayer *layer;
  guint n, first, last;     /* numbers of the layers */
  const char *first_name, *last_name;
} LayerChange;

static void
layer_change_free (LayerChange *self)
{
  g_free (self->setting);
  g_free (self->a);
  g_free (self->b);
  g_free (self);
}

void
bf_diff_row_free (BfDiffRow *self)
{
  g_free (self->what);
  g_free (self->a);
  g_free (self->b);
  g_free (self);
}

/* Values */

static char *
print_yes (gboolean yes)
{
  return g_strdup (yes ? _("yes") : _("no"));
}

static char *print_options (const BfOptions *options);

static char *
print_number (double value, const char *unit)
{
  return unit ? g_strdup_printf ("%.6g %s", value, g_dgettext (GETTEXT_PACKAGE, unit)) : g_strdup_printf ("%.6g", value);
}

static char *
print_value (const BfOptions *options, const BfParam *param)
{
  switch (param->type)
    {
    case BF_PARAM_CHOICE:
      return print_options (bf_options_choice (options, param->id));
    case BF_PARAM_BOOLEAN:
      return print_yes (bf_options_boolean (options, param->id));
    case BF_PARAM_TEXT:
      return g_strdup (bf_options_text (options, param->id));
    case BF_PARAM_NUMBER:
    case BF_PARAM_INTEGER:
    case BF_PARAM_LAYER:
    default:
      return print_number (bf_options_number (options, param->id), param->unit);
    }
}

/* "Normal (Mean: 0, Standard Deviation: 0.05)" */
static char *
print_options (const BfOptions *options)
{
  const BfKind *kind = bf_options_get_kind (options);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) values = NULL;
  g_autofree char *all = NULL;

  for (const BfParam *param = kind->params; param && param->id; param++)
    {
      g_autofree char *value = print_value (options, param), *text = NULL;

      if (param->type == BF_PARAM_LAYER || !*value)
        continue;
      /* Translators: the name of a setting and its value, "Momentum: 0.9". */
      text = g_strdup_printf (_("%s: %s"), g_dgettext (GETTEXT_PACKAGE, param->name), value);
      g_strv_builder_add (builder, text);
    }
  values = g_strv_builder_end (builder);
  if (!values[0])
    return g_strdup (bf_kind_get_name (kind));
  all = g_strjoinv (_(", "), values);
  /* Translators: a choice with its settings, "SGD (Momentum: 0.9)". */
  return g_strdup_printf (_("%s (%s)"), bf_kind_get_name (kind), all);
}

static char *
name_setting (const char *what, const char *setting)
{
  /* Translators: a thing and which of its settings: "Batch Normalization, Epsilon". */
  return setting ? g_strdup_printf (_("%s, %s"), what, setting) : g_strdup (what);
}

char *
bf_options_describe (const BfOptions *self)
{
  return print_options (self);
}

/* Calls `found` with each parameter of two options of one kind that has other values. */
typedef void (*BfParamFound) (const BfParam *param, char *a, char *b, gpointer data);   /* takes the texts */

static void
compare_params (const BfOptions *a, const BfOptions *b, BfParamFound found, gpointer data)
{
  for (const BfParam *param = bf_options_get_kind (a)->params; param && param->id; param++)
    {
      g_autofree char *x = print_value (a, param), *y = print_value (b, param);

      /* Layers are named by ids, which mean nothing to a reader. */
      if (param->type != BF_PARAM_LAYER && !g_str_equal (x, y))
        found (param, g_steal_pointer (&x), g_steal_pointer (&y), data);
    }
}

/* Remedies and training */

typedef struct
{
  GPtrArray *rows;
  BfDiffGroup group;
  const char *what;
} Context;

static void
take_row (GPtrArray *rows, BfDiffGroup group, const char *what, char *a, char *b)
{
  BfDiffRow *row = g_new (BfDiffRow, 1);

  *row = (BfDiffRow) { group, g_strdup (what), a, b };
  g_ptr_array_add (rows, row);
}

static void
on_param (const BfParam *param, char *a, char *b, gpointer data)
{
  Context *context = data;
  g_autofree char *what = name_setting (context->what, g_dgettext (GETTEXT_PACKAGE, param->name));

  take_row (context->rows, context->group, what, a, b);
}

static void
compare_options (GPtrArray *rows, BfDiffGroup group, const char *what, const BfOptions *a, const BfOptions *b)
{
  if (bf_options_get_kind (a) == bf_options_get_kind (b))
    compare_params (a, b, on_param, &(Context) { rows, group, what });
  else
    take_row (rows, group, what, print_options (a), print_options (b));
}

/* A remedy's values stand in brackets, its name in the row's head. */
static char *
print_remedy (const BfRemedySetting *setting)
{
  g_autofree char *all = setting && setting->on ? print_options (setting->options) : NULL;
  const char *values = all ? strchr (all + strlen (bf_kind_get_name (bf_options_get_kind (setting->options))), '(') : NULL;

  if (!setting || !setting->on)
    return g_strdup (_("off"));
  /* Translators: a remedy is on, with the settings "(Momentum: 0.9)". */
  return values ? g_strdup_printf (_("on %s"), values) : g_strdup (_("on"));
}

static void
compare_remedies (GPtrArray *rows, const BfSpec *a, const BfSpec *b)
{
  for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
    {
      const BfRemedySetting *x = bf_spec_find_remedy (a, (*kind)->id), *y = bf_spec_find_remedy (b, (*kind)->id);
      gboolean in_a = x && x->on, in_b = y && y->on;

      if (in_a && in_b)
        compare_params (x->options, y->options, on_param, &(Context) { rows, BF_DIFF_REMEDY, bf_kind_get_name (*kind) });
      else if (in_a != in_b)
        take_row (rows, BF_DIFF_REMEDY, bf_kind_get_name (*kind), print_remedy (x), print_remedy (y));
    }
}

static void
compare_numbers (GPtrArray *rows, const char *what, double a, double b)
{
  if (a != b)
    take_row (rows, BF_DIFF_TRAINING, what, g_strdup_printf ("%.15g", a), g_strdup_printf ("%.15g", b));
}

static void
compare_training (GPtrArray *rows, const BfSpec *a, const BfSpec *b)
{
  compare_options (rows, BF_DIFF_TRAINING, _("Data"), a->data, b->data);
  if (a->scaling != b->scaling)
    take_row (rows, BF_DIFF_TRAINING, _("Scaling"), g_strdup (bf_kind_get_name (a->scaling)),
              g_strdup (bf_kind_get_name (b->scaling)));
  compare_numbers (rows, _("Validation Share"), a->validation_share, b->validation_share);
  compare_options (rows, BF_DIFF_TRAINING, _("Loss"), a->loss, b->loss);
  compare_options (rows, BF_DIFF_TRAINING, _("Optimizer"), a->optimizer, b->optimizer);
  compare_options (rows, BF_DIFF_TRAINING, _("Clipping"), a->clipping, b->clipping);
  compare_numbers (rows, _("Learning Rate"), a->learning_rate, b->learning_rate);
  compare_options (rows, BF_DIFF_TRAINING, _("Learning Rate Schedule"), a->schedule, b->schedule);
  compare_numbers (rows, _("Batch"), a->batch, b->batch);
  compare_numbers (rows, _("Epochs"), a->epochs, b->epochs);
  compare_numbers (rows, _("Seed"), (double) a->seed, (double) b->seed);
  if (a->subnormals != b->subnormals)
    take_row (rows, BF_DIFF_TRAINING, _("Subnormal Numbers"), print_yes (a->subnormals), print_yes (b->subnormals));
}

/* Layers */

static gboolean
is_same_layer (const BfPlanLayer *a, const BfPlanLayer *b)
{
  /* Two remedies may give the layers that they insert the same id. */
  return a->layer->id == b->layer->id && a->copy == b->copy
         && bf_options_get_kind (a->layer->options) == bf_options_get_kind (b->layer->options);
}

static const BfPlanLayer *
find_layer (GHashTable *layers, const BfPlanLayer *wanted)
{
  guint64 key = (guint64) wanted->layer->id << 32 | wanted->copy;
  const BfPlanLayer *found = g_hash_table_lookup (layers, &key);

  return found && is_same_layer (found, wanted) ? found : NULL;
}

static GHashTable *
index_layers (const BfPlan *plan)
{
  GHashTable *layers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < plan->n_layers; i++)
    {
      guint64 *key = g_new (guint64, 1);

      *key = (guint64) plan->layers[i].layer->id << 32 | plan->layers[i].copy;
      g_hash_table_insert (layers, key, &plan->layers[i]);
    }
  return layers;
}

typedef struct
{
  GPtrArray *changes;        /* of LayerChange */
  const BfPlanLayer *layer;  /* at hand */
} LayerContext;

/* Another copy that differs alike goes to the row of the ones before. */
static void
take_change (LayerContext *context, const char *setting, char *a, char *b)
{
  const BfPlanLayer *layer = context->layer;
  LayerChange *change;

  for (guint i = 0; i < context->changes->len; i++)
    {
      change = context->changes->pdata[i];
      if (bf_options_get_kind (change->layer->options) != bf_options_get_kind (layer->layer->options)
          || g_strcmp0 (change->setting, setting) != 0 || g_strcmp0 (change->a, a) != 0 || g_strcmp0 (change->b, b) != 0)
        continue;
      change->n++;
      change->last = layer->number;
      change->last_name = layer->name;
      g_free (a);
      g_free (b);
      return;
    }
  change = g_new (LayerChange, 1);
  *change = (LayerChange) { g_strdup (setting), a, b, layer->layer, 1, layer->number, layer->number, layer->name, layer->name };
  g_ptr_array_add (context->changes, change);
}

static void
on_layer_param (const BfParam *param, char *a, char *b, gpointer data)
{
  take_change (data, g_dgettext (GETTEXT_PACKAGE, param->name), a, b);
}

static double
get_gain (const BfLayer *layer)
{
  return layer->gain != 0 ? layer->gain : 1;
}

static void
compare_pair (LayerContext *context, const BfLayer *a, const BfLayer *b)
{
  compare_params (a->options, b->options, on_layer_param, context);
  if (get_gain (a) != get_gain (b))
    take_change (context, _("Factor on the Starting Weights"), print_number (get_gain (a), NULL), print_number (get_gain (b), NULL));
  if (a->frozen != b->frozen)
    take_change (context, _("Frozen"), print_yes (a->frozen), print_yes (b->frozen));
}

/* "Dense 1", "Dense 1 … Dense 7", "Dense 1 and 2 more" */
static char *
name_layers (const LayerChange *change)
{
  if (change->n == 1)
    return g_strdup (change->first_name);
  if (change->last - change->first + 1 == change->n)
    /* Translators: the first and the last of several layers: "Dense 1 … Dense 7". */
    return g_strdup_printf (_("%s … %s"), change->first_name, change->last_name);
  return g_strdup_printf (ngettext ("%s and %u more", "%s and %u more", change->n - 1), change->first_name, change->n - 1);
}

static void
compare_layers (GPtrArray *rows, const BfPlan *a, const BfPlan *b)
{
  g_autoptr (GHashTable) in_a = index_layers (a), in_b = index_layers (b);
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) layer_change_free);
  LayerContext context = { changes };
  guint next = 0;

  /* In the order of b; layers that only a has where they stand in a. */
  for (guint i = 0; i <= b->n_layers; i++)
    {
      const BfPlanLayer *same = i < b->n_layers ? find_layer (in_a, &b->layers[i]) : NULL;

      for (; next < (same ? same->index : i == b->n_layers ? a->n_layers : 0); next++)
        if (!find_layer (in_b, &a->layers[next]))
          {
            context.layer = &a->layers[next];
            take_change (&context, NULL, print_options (context.layer->layer->options), NULL);
          }
      if (i == b->n_layers)
        break;
      context.layer = &b->layers[i];
      if (same)
        compare_pair (&context, same->layer, b->layers[i].layer);
      else
        take_change (&context, NULL, NULL, print_options (context.layer->layer->options));
    }
  for (guint i = 0; i < changes->len; i++)
    {
      LayerChange *change = changes->pdata[i];
      g_autofree char *layers = name_layers (change), *what = name_setting (layers, change->setting);

      take_row (rows, BF_DIFF_LAYER, what, g_steal_pointer (&change->a), g_steal_pointer (&change->b));
    }
}

GPtrArray *
bf_spec_diff (BfSpec *a, BfSpec *b)
{
  static const BfShape shape = { .inputs = 1, .outputs = 1 };
  g_autoptr (BfSpec) effective_a = bf_remedies_apply (a), effective_b = bf_remedies_apply (b);
  g_autoptr (BfPlan) plan_a = bf_plan_new (effective_a, &shape), plan_b = bf_plan_new (effective_b, &shape);
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_diff_row_free);

  compare_remedies (rows, a, b);
  compare_layers (rows, plan_a, plan_b);
  compare_training (rows, effective_a, effective_b);
  return rows;
}
