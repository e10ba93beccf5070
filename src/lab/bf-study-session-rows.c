/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The rows of BfStudySession: of a ready-made study, of a file, or of the window's experiment.
 */
#include "bf-study-session-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bf-remedy.h"

#define THIS_SEEDS  3    /* fewer would not tell luck from a remedy */
#define THIS_EPOCHS 10

static void
switch_all_off (BfSpec *spec)
{
  for (guint i = 0; i < spec->remedies->len; i++)
    ((BfRemedySetting *) spec->remedies->pdata[i])->on = FALSE;
}

/* What combinations are added to: the window's experiment, or a ready-made study's first row. */
static const BfSpec *
get_base (BfStudySession *self)
{
  if (g_str_equal (self->id, BF_STUDY_THIS) || self->rows->rows->len == 0)
    return bf_experiment_get_spec (bf_session_get_experiment (self->session));
  return bf_study_session_get_row (self, 0)->base;
}

BfSpec *
bf_study_session_make_combination (BfStudySession *self, const char *const *ids)
{
  BfSpec *spec;

  g_return_val_if_fail (BF_IS_STUDY_SESSION (self), NULL);
  spec = bf_spec_copy (get_base (self));
  switch_all_off (spec);
  for (guint i = 0; ids[i]; i++)
    if (bf_remedy_find (ids[i]))
      bf_spec_ensure_remedy (spec, ids[i])->on = TRUE;
    else
      bf_spec_add_remedy_string (spec, ids[i], NULL);   /* one with parameters */
  return spec;
}

/* "Batch Normalization + Skip Connections" */
static char *
make_label (const BfSpec *spec)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < spec->remedies->len; i++)
    {
      const BfRemedySetting *setting = spec->remedies->pdata[i];

      if (setting->on)
        g_string_append_printf (out, "%s%s", out->len > 0 ? " + " : "", bf_kind_get_name (bf_options_get_kind (setting->options)));
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static int
find_row (BfStudySession *self, const char *id)
{
  for (guint i = 0; i < self->rows->rows->len; i++)
    if (g_str_equal (bf_study_session_get_row (self, i)->id, id))
      return (int) i;
  return -1;
}

static void
add_row (BfStudySession *self, const char *id, const char *label, BfSpec *spec, gboolean chosen)
{
  const int nowhere = -1;

  bf_study_add_row (self->rows, id, label, spec);
  g_array_append_val (self->chosen, chosen);
  g_array_append_val (self->places, nowhere);
}

static guint
add_combination (BfStudySession *self, const char *const *ids)
{
  g_autoptr (BfSpec) spec = bf_study_session_make_combination (self, ids);
  g_autofree char *label = strchr (ids[0], ':') ? bf_remedy_string_get_name (ids[0]) : make_label (spec);
  g_autofree char *id = g_strjoinv ("+", (char **) ids);
  int row = find_row (self, id);

  if (row < 0)
    add_row (self, id, label, spec, TRUE);
  return row < 0 ? self->rows->rows->len - 1 : (guint) row;
}

static void
clear_rows (BfStudySession *self, const char *id, const char *name)
{
  g_clear_pointer (&self->rows, bf_study_unref);
  self->rows = bf_study_new (id, name);
  g_array_set_size (self->chosen, 0);
  g_array_set_size (self->places, 0);
  g_free (self->id);
  self->id = g_strdup (id);
}

/* The ids of the remedies that are on, in the table's order, or NULL when fewer than two are. */
static GStrv
find_present_combination (const BfSpec *spec)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; i < spec->remedies->len; i++)
    {
      const BfRemedySetting *setting = spec->remedies->pdata[i];

      if (!setting->on)
        continue;
      g_strv_builder_add (ids, bf_options_get_kind (setting->options)->id);
      n++;
    }
  return n > 1 ? g_strv_builder_end (ids) : NULL;
}

/* The window's experiment without remedies, with each alone, and with all that are on. */
static void
fill_with_this (BfStudySession *self)
{
  const BfSpec *spec = bf_experiment_get_spec (bf_session_get_experiment (self->session));
  const char *name = spec->name && *spec->name ? spec->name : _("Untitled");
  /* Translators: the name of a study: %s is an experiment's name */
  g_autofree char *title = g_strdup_printf (_("Remedies of %s"), name);
  g_auto (GStrv) present = find_present_combination (spec);
  g_autoptr (BfSpec) bare = NULL;

  clear_rows (self, BF_STUDY_THIS, title);
  bare = bf_study_session_make_combination (self, (const char *const[]) { NULL });
  add_row (self, "none", _("No Remedy"), bare, TRUE);
  for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
    add_combination (self, (const char *const[]) { (*kind)->id, NULL });
  if (present)
    add_combination (self, (const char *const *) present);
  for (guint i = 0; i < self->combined->len; i++)
    add_combination (self, self->combined->pdata[i]);
}

static void
emit_rows (BfStudySession *self)
{
  bf_study_session_emit (self, ROWS_CHANGED);
  bf_study_session_emit (self, CHANGED);
}

/* The ids of the rows that are not chosen, to be dropped again in a list made anew. */
static GHashTable *
find_dropped (BfStudySession *self)
{
  GHashTable *dropped = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->rows->rows->len; i++)
    if (!bf_study_session_get_chosen (self, i))
      g_hash_table_add (dropped, g_strdup (bf_study_session_get_row (self, i)->id));
  return dropped;
}

void
bf_study_session_follow_this (BfStudySession *self)
{
  g_autoptr (GHashTable) dropped = NULL;

  if (!g_str_equal (self->id, BF_STUDY_THIS) || bf_study_session_is_active (self))
    return;
  dropped = find_dropped (self);
  fill_with_this (self);
  for (guint i = 0; i < self->rows->rows->len; i++)
    if (g_hash_table_contains (dropped, bf_study_session_get_row (self, i)->id))
      g_array_index (self->chosen, gboolean, i) = FALSE;
  emit_rows (self);
}

static void
take_rows (BfStudySession *self, BfStudy *study)
{
  clear_rows (self, study->id, study->name);
  g_free (self->rows->summary);
  self->rows->summary = g_strdup (study->summary);
  for (guint i = 0; i < study->rows->len; i++)
    {
      const BfStudyRow *from = study->rows->pdata[i];
      BfStudyRow *row;

      add_row (self, from->id, from->label, from->base, TRUE);
      row = self->rows->rows->pdata[i];
      g_free (row->note);
      row->note = g_strdup (from->note);
      row->published_test_accuracy = from->published_test_accuracy;
      row->published_train_loss = from->published_train_loss;
    }
  self->seeds = study->seeds;
  self->epochs = study->epochs;
}

void
bf_study_session_open (BfStudySession *self, BfStudy *study)
{
  g_return_if_fail (BF_IS_STUDY_SESSION (self) && !bf_study_session_is_active (self));
  take_rows (self, study);
  emit_rows (self);
}

/* Enough to see which remedy helps; an experiment may ask for hours. */
static guint
get_first_epochs (BfStudySession *self)
{
  return MIN (THIS_EPOCHS, bf_experiment_get_spec (bf_session_get_experiment (self->session))->epochs);
}

void
bf_study_session_take_this (BfStudySession *self)
{
  fill_with_this (self);
  self->seeds = THIS_SEEDS;
  self->epochs = get_first_epochs (self);
}

gboolean
bf_study_session_choose (BfStudySession *self, const char *id, GError **error)
{
  g_autoptr (BfStudy) study = NULL;

  g_return_val_if_fail (BF_IS_STUDY_SESSION (self) && !bf_study_session_is_active (self), FALSE);
  if (g_str_equal (id, BF_STUDY_THIS))
    {
      bf_study_session_take_this (self);
      emit_rows (self);
      return TRUE;
    }
  study = bf_study_load_any (id, NULL, error);
  if (study)
    bf_study_session_open (self, study);
  return study != NULL;
}

const char *
bf_study_session_get_id (BfStudySession *self)
{
  return self->id;
}

const char *
bf_study_session_get_name (BfStudySession *self)
{
  return self->rows->name;
}

const char *
bf_study_session_get_summary (BfStudySession *self)
{
  return self->rows->summary;
}

guint
bf_study_session_get_n_rows (BfStudySession *self)
{
  return self->rows->rows->len;
}

const BfStudyRow *
bf_study_session_get_row (BfStudySession *self, guint row)
{
  g_return_val_if_fail (row < self->rows->rows->len, NULL);
  return self->rows->rows->pdata[row];
}

gboolean
bf_study_session_get_chosen (BfStudySession *self, guint row)
{
  g_return_val_if_fail (row < self->chosen->len, FALSE);
  return g_array_index (self->chosen, gboolean, row);
}

void
bf_study_session_set_chosen (BfStudySession *self, guint row, gboolean chosen)
{
  g_return_if_fail (row < self->chosen->len);
  if (g_array_index (self->chosen, gboolean, row) == !!chosen)
    return;
  g_array_index (self->chosen, gboolean, row) = !!chosen;
  bf_study_session_emit (self, CHANGED);
}

void
bf_study_session_set_all_chosen (BfStudySession *self, gboolean chosen)
{
  for (guint i = 0; i < self->chosen->len; i++)
    g_array_index (self->chosen, gboolean, i) = !!chosen;
  bf_study_session_emit (self, CHANGED);
}

guint
bf_study_session_count_chosen (BfStudySession *self)
{
  guint n = 0;

  for (guint i = 0; i < self->chosen->len; i++)
    n += g_array_index (self->chosen, gboolean, i) ? 1 : 0;
  return n;
}

guint
bf_study_session_add_combination (BfStudySession *self, const char *const *ids)
{
  guint before = self->rows->rows->len, row;

  g_return_val_if_fail (BF_IS_STUDY_SESSION (self) && ids && ids[0], 0);
  row = add_combination (self, ids);
  if (self->rows->rows->len == before)
    {
      bf_study_session_set_chosen (self, row, TRUE);
      return row;
    }
  if (g_str_equal (self->id, BF_STUDY_THIS))
    g_ptr_array_add (self->combined, g_strdupv ((char **) ids));
  emit_rows (self);
  return row;
}

void
bf_study_session_choose_these (BfStudySession *self, const char *const *remedies)
{
  g_return_if_fail (BF_IS_STUDY_SESSION (self) && !bf_study_session_is_active (self));
  if (!g_str_equal (self->id, BF_STUDY_THIS))
    bf_study_session_take_this (self);
  bf_study_session_set_all_chosen (self, FALSE);
  bf_study_session_set_chosen (self, 0, TRUE);   /* no remedy */
  for (guint i = 0; remedies[i]; i++)
    bf_study_session_add_combination (self, (const char *const[]) { remedies[i], NULL });
  emit_rows (self);
}
