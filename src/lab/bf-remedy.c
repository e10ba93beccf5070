/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-remedy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

const BfRemedy *
bf_remedy_find (const char *id)
{
  /* The descriptor begins with its kind. */
  return (const BfRemedy *) bf_kind_find (bf_remedies, id);
}

/* Place in the window's order. */
static guint
get_place (const BfKind *remedy)
{
  guint place = 0;

  while (bf_remedies ()[place] && bf_remedies ()[place] != remedy)
    place++;
  return place;
}

static const BfRemedy *
get_remedy (const BfRemedySetting *setting)
{
  return (const BfRemedy *) bf_options_get_kind (setting->options);
}

/* Applies every remedy that is on but `without` (an id or NULL). Stages in order; within a stage
 * the settings stand in the table's order, so that the later row wins. */
static BfSpec *
apply_without (BfSpec *base, const char *without)
{
  BfSpec *spec = bf_spec_copy (base);

  g_ptr_array_set_size (spec->remedies, 0);
  for (guint stage = BF_STAGE_START; stage <= BF_STAGE_RATE; stage++)
    for (guint i = 0; i < base->remedies->len; i++)
      {
        const BfRemedySetting *setting = base->remedies->pdata[i];
        const BfRemedy *remedy = get_remedy (setting);

        if (setting->on && remedy->stage == stage && g_strcmp0 (remedy->kind.id, without) != 0)
          remedy->apply (spec, setting->options);
      }
  return spec;
}

BfSpec *
bf_remedies_apply (BfSpec *base)
{
  return apply_without (base, NULL);
}

BfRemedySetting *
bf_spec_find_remedy (const BfSpec *spec, const char *id)
{
  for (guint i = 0; i < spec->remedies->len; i++)
    {
      BfRemedySetting *setting = spec->remedies->pdata[i];

      if (bf_options_is (setting->options, id))
        return setting;
    }
  return NULL;
}

BfRemedySetting *
bf_spec_ensure_remedy (BfSpec *spec, const char *id)
{
  BfRemedySetting *setting = bf_spec_find_remedy (spec, id);
  const BfKind *kind;
  guint place = 0;

  if (setting)
    return setting;
  kind = bf_kind_find (bf_remedies, id);
  g_return_val_if_fail (kind != NULL, NULL);
  while (place < spec->remedies->len && get_place (&get_remedy (spec->remedies->pdata[place])->kind) < get_place (kind))
    place++;
  setting = bf_remedy_setting_new (kind, FALSE);
  g_ptr_array_insert (spec->remedies, (int) place, setting);
  return setting;
}

/* "name=value" for one parameter. */
static gboolean
set_pair (BfOptions *options, const char *pair, GError **error)
{
  const char *equals = strchr (pair, '=');
  g_autofree char *name = NULL, *value = NULL;

  if (!equals)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("“%s” is not of the form name=value."), pair);
      return FALSE;
    }
  name = g_strstrip (g_strndup (pair, (gsize) (equals - pair)));
  value = g_strstrip (g_strdup (equals + 1));
  return bf_options_set_string (options, name, value, error);
}

/* "a=1,b=2" apart; what has no "=" of its own goes on with the value before, so that a value may hold commas. */
static GStrv
split_pairs (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  g_autoptr (GPtrArray) pairs = g_ptr_array_new ();

  for (guint i = 0; words[i]; i++)
    if (pairs->len > 0 && !strchr (words[i], '=') && *g_strstrip (words[i]))
      {
        char *before = pairs->pdata[pairs->len - 1];

        pairs->pdata[pairs->len - 1] = g_strconcat (before, ", ", words[i], NULL);
        g_free (before);
      }
    else if (*g_strstrip (words[i]))
      g_ptr_array_add (pairs, g_strdup (words[i]));
  g_ptr_array_add (pairs, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&pairs), FALSE);
}

gboolean
bf_spec_add_remedy_string (BfSpec *spec, const char *text, GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *id = colon ? g_strndup (text, (gsize) (colon - text)) : g_strdup (text);
  g_auto (GStrv) pairs = NULL;
  g_autoptr (BfOptions) options = NULL;
  BfRemedySetting *setting;
  const BfKind *kind = bf_kind_find_error (bf_remedies, _("Remedy"), id, error);

  if (!kind)
    return FALSE;
  options = bf_options_new (kind);
  pairs = split_pairs (colon ? colon + 1 : "");
  for (guint i = 0; pairs[i]; i++)
    if (!set_pair (options, pairs[i], error))
      return FALSE;
  setting = bf_spec_ensure_remedy (spec, id);
  setting->on = TRUE;
  bf_options_free (setting->options);
  setting->options = g_steal_pointer (&options);
  return TRUE;
}

char *
bf_remedy_string_get_name (const char *text)
{
  const char *colon = strchr (text, ':'), *equals = colon ? strchr (colon, '=') : NULL;
  g_autofree char *id = colon ? g_strndup (text, (gsize) (colon - text)) : g_strdup (text);
  g_autofree char *name = equals ? g_strndup (colon + 1, (gsize) (equals - colon - 1)) : NULL;
  const BfRemedy *remedy = bf_remedy_find (id);
  const BfParam *param = remedy && name ? bf_kind_find_param (&remedy->kind, name) : NULL;
  const BfKind *choice = param && param->type == BF_PARAM_CHOICE ? bf_kind_find (param->table, equals + 1) : NULL;

  if (!remedy)
    return g_strdup (text);
  if (!choice)
    return g_strdup (bf_kind_get_name (&remedy->kind));
  /* Translators: a scheme of starting weights: "He Normal Weights" */
  return remedy->stage == BF_STAGE_START ? g_strdup_printf (_("%s Weights"), bf_kind_get_name (choice))
                                         : g_strdup (bf_kind_get_name (choice));
}

char *
bf_spec_describe_remedies (const BfSpec *spec)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  for (guint i = 0; i < spec->remedies->len; i++)
    {
      const BfRemedySetting *setting = spec->remedies->pdata[i];

      if (setting->on)
        g_strv_builder_add (names, bf_kind_get_name (bf_options_get_kind (setting->options)));
    }
  all = g_strv_builder_end (names);
  return g_strjoinv (_(", "), all);
}

void
bf_remedy_copy_options (BfOptions *to, const BfOptions *from)
{
  for (const BfParam *param = bf_options_get_kind (to)->params; param && param->id; param++)
    if (!bf_kind_find_param (bf_options_get_kind (from), param->id))
      continue;
    else if (param->type == BF_PARAM_CHOICE)
      bf_remedy_copy_choice (to, param->id, bf_options_choice (from, param->id));
    else if (param->type == BF_PARAM_TEXT)
      bf_options_set_text (to, param->id, bf_options_text (from, param->id), NULL);
    else
      bf_options_set_number (to, param->id, bf_options_number (from, param->id), NULL);
}

void
bf_remedy_copy_choice (BfOptions *options, const char *id, const BfOptions *choice)
{
  bf_options_set_choice (options, id, bf_options_get_kind (choice)->id, NULL);
  bf_remedy_copy_options (bf_options_edit_choice (options, id), choice);
}

/* Whether the remedy changes anything in what is trained; `without` is taken away first. */
static gboolean
has_effect (BfSpec *base, const char *id, const char *without)
{
  g_autoptr (BfSpec) rest = bf_spec_copy (base);
  g_autoptr (BfSpec) with = NULL, bare = NULL;

  if (without)
    bf_spec_find_remedy (rest, without)->on = FALSE;
  with = apply_without (rest, NULL);
  bare = apply_without (rest, id);
  return !bf_spec_equal (with, bare);
}

/* Gives a parameter another value; FALSE where there is none to try. */
static gboolean
change_param (BfOptions *options, const BfParam *param)
{
  double value;

  if (param->type == BF_PARAM_CHOICE || param->type == BF_PARAM_TEXT || param->type == BF_PARAM_LAYER)
    return FALSE;
  value = bf_options_number (options, param->id);
  return bf_options_set_number (options, param->id, value == param->maximum ? param->minimum : param->maximum, NULL);
}

/* Whether the value of a parameter makes a difference in what is trained; without: as above. */
static gboolean
param_has_effect (BfSpec *base, const char *id, const BfParam *param, const char *without)
{
  g_autoptr (BfSpec) other = bf_spec_copy (base);
  g_autoptr (BfSpec) a = NULL, b = NULL;

  if (!change_param (bf_spec_find_remedy (other, id)->options, param))
    return TRUE;
  a = apply_without (base, without);
  b = apply_without (other, without);
  return !bf_spec_equal (a, b);
}

/* Another remedy that takes one of the parameters over, as a sentence, or NULL. */
static char *
find_taken_param (BfSpec *base, const char *id)
{
  const BfRemedy *remedy = bf_remedy_find (id);

  for (const BfParam *param = remedy->kind.params; param && param->id; param++)
    {
      if (param_has_effect (base, id, param, NULL))
        continue;
      for (guint i = 0; i < base->remedies->len; i++)
        {
          const BfRemedySetting *other = base->remedies->pdata[i];
          const BfKind *kind = bf_options_get_kind (other->options);

          if (other->on && !g_str_equal (kind->id, id) && param_has_effect (base, id, param, kind->id))
            /* Translators: the name of a remedy, and that of a setting that two remedies have */
            return g_strdup_printf (_("“%s” is on, and its value wins for “%s”."), bf_kind_get_name (kind),
                                    g_dgettext (GETTEXT_PACKAGE, param->name));
        }
    }
  return NULL;
}

char *
bf_remedy_get_conflict (const BfSpec *spec, const char *id)
{
  const BfRemedySetting *own = bf_spec_find_remedy (spec, id);
  g_autoptr (BfSpec) base = NULL;

  if (!own || !own->on)
    return NULL;
  base = bf_spec_copy (spec);
  if (has_effect (base, id, NULL))
    return find_taken_param (base, id);
  for (guint i = 0; i < base->remedies->len; i++)
    {
      const BfRemedySetting *other = base->remedies->pdata[i];
      const BfKind *kind = bf_options_get_kind (other->options);

      if (other->on && !g_str_equal (kind->id, id) && has_effect (base, id, kind->id))
        return g_strdup_printf (_("“%s” speaks of the same thing and wins while it is on."), bf_kind_get_name (kind));
    }
  return g_strdup (_("It changes nothing in this network."));
}

/* The effective spec with one remedy off, or (only) all others. */
static BfSpec *
apply_alone (BfSpec *base, guint remedy, gboolean only)
{
  g_autoptr (BfSpec) copy = bf_spec_copy (base);

  for (guint i = 0; i < copy->remedies->len; i++)
    if ((i == remedy) != only)
      ((BfRemedySetting *) copy->remedies->pdata[i])->on = FALSE;
  return bf_remedies_apply (copy);
}

const BfRemedy *
bf_remedy_find_winner (BfSpec *base, BfSpecSameFunc same)
{
  g_autoptr (BfSpec) effective = bf_remedies_apply (base);

  if (same (base, effective))
    return NULL;
  /* First one without which it is another; several that say the same: one that alone says so. */
  for (guint only = 0; only < 2; only++)
    for (guint i = base->remedies->len; i > 0; i--)
      {
        const BfRemedySetting *setting = base->remedies->pdata[i - 1];
        g_autoptr (BfSpec) other = setting->on ? apply_alone (base, i - 1, only) : NULL;

        if (other && same (other, effective) == (gboolean) only)
          return (const BfRemedy *) bf_options_get_kind (setting->options);
      }
  return NULL;
}
