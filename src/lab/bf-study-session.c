/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bf-notebook-study.h"
#include "bf-remedy.h"

#define THIS_SEEDS  3    /* fewer would not tell luck from a remedy */
#define THIS_EPOCHS 10

struct _BfStudySession
{
  GObject parent_instance;

  BfSession *session;    /* owned */
  char *folder;          /* that options.folder points to */
  char *id;
  BfStudy *rows;         /* all rows, chosen or not; never shared */
  GArray *chosen;        /* of gboolean, a row each */
  GArray *places;        /* of int, a row each: its row in the queue; -1 */
  GPtrArray *combined;   /* of GStrv: combinations added to this experiment's rows */
  guint seeds;
  guint epochs;
  guint jobs;

  BfStudyQueue *queue;   /* owned */
  BfStudyState state;
  gint64 kept;           /* its number in the notebook while under way; 0: none */
  BfStudy *left;         /* what was under way when the program ended, or NULL */
};

G_DEFINE_FINAL_TYPE (BfStudySession, bf_study_session, G_TYPE_OBJECT)

enum { ROWS_CHANGED, CHANGED, STATE_CHANGED, UPDATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *
get_remedy_family (const BfSpec *spec)
{
  for (guint i = 0; i < spec->remedies->len; i++)
    {
      const BfRemedySetting *setting = spec->remedies->pdata[i];

      if (setting->on)
        return ((const BfRemedy *) bf_options_get_kind (setting->options))->family;
    }
  return NULL;
}

/* The first layer of a kind (or of one whose id ends so), or NULL. */
static const BfLayer *
find_layer (const BfSpec *spec, const char *ending)
{
  for (guint b = 0; b < spec->blocks->len; b++)
    {
      const BfBlock *block = spec->blocks->pdata[b];

      for (guint i = 0; i < block->layers->len; i++)
        {
          const BfLayer *layer = block->layers->pdata[i];

          if (g_str_has_suffix (bf_options_get_kind (layer->options)->id, ending))
            return layer;
        }
    }
  return NULL;
}

/* Whether a choice of the first layer of a kind is another in the two. */
static gboolean
choice_differs (const BfSpec *a, const BfSpec *b, const char *kind, const char *choice)
{
  const BfLayer *first = find_layer (a, kind), *second = find_layer (b, kind);

  return first && second
         && !bf_options_equal (bf_options_choice (first->options, choice), bf_options_choice (second->options, choice));
}

const char *
bf_study_get_family (BfStudy *study, guint row)
{
  const BfSpec *base = ((BfStudyRow *) study->rows->pdata[0])->base, *spec = ((BfStudyRow *) study->rows->pdata[row])->base;
  const char *family = get_remedy_family (spec);

  if (family)
    return family;
  if (!bf_options_equal (spec->clipping, base->clipping))
    return "gradient norm, clipping";
  if (!find_layer (spec, "-norm") != !find_layer (base, "-norm"))
    return "normalization";
  if (choice_differs (spec, base, "activation", "function"))
    return "activation";
  if (choice_differs (spec, base, "dense", "start"))
    return "starting weights";
  return bf_options_equal (spec->optimizer, base->optimizer) ? "baseline" : "optimizer, rate";
}

/* Rows */

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
  g_autofree char *label = make_label (spec), *id = g_strjoinv ("+", (char **) ids);
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
  g_signal_emit (self, signals[ROWS_CHANGED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
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

/* The experiment is another: its rows follow, what was chosen stays. A study at work keeps its own. */
static void
on_spec_changed (BfStudySession *self)
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

gboolean
bf_study_session_choose (BfStudySession *self, const char *id, GError **error)
{
  g_autoptr (BfStudy) study = NULL;

  g_return_val_if_fail (BF_IS_STUDY_SESSION (self) && !bf_study_session_is_active (self), FALSE);
  if (g_str_equal (id, BF_STUDY_THIS))
    {
      fill_with_this (self);
      self->seeds = THIS_SEEDS;
      self->epochs = get_first_epochs (self);
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
  g_signal_emit (self, signals[CHANGED], 0);
}

void
bf_study_session_set_all_chosen (BfStudySession *self, gboolean chosen)
{
  for (guint i = 0; i < self->chosen->len; i++)
    g_array_index (self->chosen, gboolean, i) = !!chosen;
  g_signal_emit (self, signals[CHANGED], 0);
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

/* Numbers */

guint
bf_study_session_get_seeds (BfStudySession *self)
{
  return self->seeds;
}

static void
set_number (BfStudySession *self, guint *number, guint value)
{
  if (*number == value)
    return;
  *number = value;
  g_signal_emit (self, signals[CHANGED], 0);
}

void
bf_study_session_set_seeds (BfStudySession *self, guint seeds)
{
  set_number (self, &self->seeds, CLAMP (seeds, 1, BF_STUDY_MAX_SEEDS));
}

/* A study may leave the epochs to its experiments: then those of the first one. */
guint
bf_study_session_get_epochs (BfStudySession *self)
{
  return self->epochs ? self->epochs
                      : self->rows->rows->len > 0 ? bf_study_session_get_row (self, 0)->base->epochs : 1;
}

void
bf_study_session_set_epochs (BfStudySession *self, guint epochs)
{
  if (epochs != bf_study_session_get_epochs (self))
    set_number (self, &self->epochs, MAX (1, epochs));
}

guint
bf_study_session_get_jobs (BfStudySession *self)
{
  return self->jobs;
}

void
bf_study_session_set_jobs (BfStudySession *self, guint jobs)
{
  set_number (self, &self->jobs, MAX (1, jobs));
}

/* The study at work */

BfStudy *
bf_study_session_make_study (BfStudySession *self)
{
  BfStudy *study = bf_study_new (self->id, self->rows->name);

  g_free (study->summary);
  study->summary = g_strdup (self->rows->summary);
  study->seeds = self->seeds;
  study->epochs = self->epochs;
  for (guint i = 0; i < self->rows->rows->len; i++)
    {
      const BfStudyRow *from = self->rows->rows->pdata[i];
      BfStudyRow *row;

      if (!bf_study_session_get_chosen (self, i))
        continue;
      row = bf_study_add_row (study, from->id, from->label, from->base);
      g_free (row->note);
      row->note = g_strdup (from->note);
      row->published_test_accuracy = from->published_test_accuracy;
      row->published_train_loss = from->published_train_loss;
    }
  return study;
}

/* As long as it is under way the notebook has it, so that the next start can go on with it. */
static void
keep (BfStudySession *self)
{
  BfNotebook *notebook = bf_session_get_notebook (self->session);
  g_autofree char *text = NULL;

  if (!notebook)
    return;
  if (!bf_study_session_is_active (self))
    {
      bf_notebook_drop_study (notebook, self->kept);
      self->kept = 0;
      return;
    }
  if (self->kept && self->state == BF_STUDY_PAUSED)
    return;
  text = bf_study_print (bf_study_queue_get_study (self->queue));
  self->kept = self->kept ? self->kept : bf_notebook_new_draft ();
  bf_notebook_set_study (notebook, self->kept, bf_study_queue_get_study (self->queue)->id, text);
}

static void
set_state (BfStudySession *self, BfStudyState state)
{
  if (self->state == state)
    return;
  self->state = state;
  keep (self);
  g_signal_emit (self, signals[STATE_CHANGED], 0);
}

void
bf_study_session_start (BfStudySession *self)
{
  BfStudyOptions options = { .folder = self->folder, .jobs = self->jobs, .notebook = bf_session_get_notebook (self->session) };
  g_autoptr (BfStudy) study = NULL;
  int place = 0;

  g_return_if_fail (BF_IS_STUDY_SESSION (self));
  if (bf_study_session_is_active (self) || bf_study_session_count_chosen (self) == 0)
    return;
  study = bf_study_session_make_study (self);
  for (guint i = 0; i < self->places->len; i++)
    g_array_index (self->places, int, i) = bf_study_session_get_chosen (self, i) ? place++ : -1;
  g_clear_pointer (&self->left, bf_study_unref);
  g_clear_pointer (&self->queue, bf_study_queue_free);
  self->queue = bf_study_queue_new (study, &options);
  set_state (self, BF_STUDY_RUNNING);
  g_signal_emit (self, signals[UPDATED], 0);
}

const char *
bf_study_session_find_left (BfStudySession *self)
{
  BfNotebook *notebook = bf_session_get_notebook (self->session);

  g_return_val_if_fail (BF_IS_STUDY_SESSION (self), NULL);
  if (!self->left && !bf_study_session_is_active (self) && notebook)
    self->left = bf_notebook_get_study (notebook, &self->kept);
  return self->left ? self->left->name : NULL;
}

void
bf_study_session_go_on (BfStudySession *self)
{
  g_autoptr (BfStudy) study = g_steal_pointer (&self->left);

  g_return_if_fail (BF_IS_STUDY_SESSION (self));
  if (!study || bf_study_session_is_active (self))
    return;
  bf_study_session_open (self, study);
  bf_study_session_start (self);
}

void
bf_study_session_set_paused (BfStudySession *self, gboolean paused)
{
  g_return_if_fail (BF_IS_STUDY_SESSION (self));
  if (!bf_study_session_is_active (self) || paused == (self->state == BF_STUDY_PAUSED))
    return;
  if (paused)
    bf_study_queue_pause (self->queue);
  else
    bf_study_queue_resume (self->queue);
  set_state (self, paused ? BF_STUDY_PAUSED : BF_STUDY_RUNNING);
}

void
bf_study_session_cancel (BfStudySession *self)
{
  g_return_if_fail (BF_IS_STUDY_SESSION (self));
  if (!bf_study_session_is_active (self))
    return;
  bf_study_queue_cancel (self->queue);
  set_state (self, BF_STUDY_CANCELLED);
  g_signal_emit (self, signals[UPDATED], 0);
}

gboolean
bf_study_session_poll (BfStudySession *self)
{
  gboolean more;

  g_return_val_if_fail (BF_IS_STUDY_SESSION (self), FALSE);
  if (self->state != BF_STUDY_RUNNING)
    return FALSE;
  more = bf_study_queue_poll (self->queue);
  g_signal_emit (self, signals[UPDATED], 0);
  if (!more)
    set_state (self, BF_STUDY_FINISHED);
  return self->state == BF_STUDY_RUNNING;
}

BfStudyState
bf_study_session_get_state (BfStudySession *self)
{
  return self->state;
}

gboolean
bf_study_session_is_active (BfStudySession *self)
{
  return self->state == BF_STUDY_RUNNING || self->state == BF_STUDY_PAUSED;
}

BfStudyQueue *
bf_study_session_get_queue (BfStudySession *self)
{
  return self->queue;
}

int
bf_study_session_find_place (BfStudySession *self, guint row)
{
  return row < self->places->len ? g_array_index (self->places, int, row) : -1;
}

guint
bf_study_session_count_complete (BfStudySession *self)
{
  guint complete = 0, n = self->queue ? bf_study_queue_get_study (self->queue)->rows->len : 0;

  for (guint i = 0; i < n; i++)
    {
      BfStudySummary summary;

      bf_study_queue_summarize (self->queue, i, &summary);
      complete += summary.states[BF_STUDY_RUN_QUEUED] + summary.states[BF_STUDY_RUN_TRAINING] == 0;
    }
  return complete;
}

static void
bf_study_session_dispose (GObject *object)
{
  BfStudySession *self = BF_STUDY_SESSION (object);

  g_clear_pointer (&self->queue, bf_study_queue_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bf_study_session_parent_class)->dispose (object);
}

static void
bf_study_session_finalize (GObject *object)
{
  BfStudySession *self = BF_STUDY_SESSION (object);

  g_clear_pointer (&self->rows, bf_study_unref);
  g_clear_pointer (&self->left, bf_study_unref);
  g_array_unref (self->chosen);
  g_array_unref (self->places);
  g_ptr_array_unref (self->combined);
  g_free (self->folder);
  g_free (self->id);
  G_OBJECT_CLASS (bf_study_session_parent_class)->finalize (object);
}

static void
bf_study_session_class_init (BfStudySessionClass *class)
{
  static const char *const names[N_SIGNALS] = { "rows-changed", "changed", "state-changed", "updated" };

  G_OBJECT_CLASS (class)->dispose = bf_study_session_dispose;
  G_OBJECT_CLASS (class)->finalize = bf_study_session_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], BF_TYPE_STUDY_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bf_study_session_init (BfStudySession *self)
{
  self->chosen = g_array_new (FALSE, TRUE, sizeof (gboolean));
  self->places = g_array_new (FALSE, TRUE, sizeof (int));
  self->combined = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  self->jobs = g_get_num_processors ();
  self->seeds = THIS_SEEDS;
}

BfStudySession *
bf_study_session_new (BfSession *session, const BfRunOptions *options)
{
  BfStudySession *self;

  g_return_val_if_fail (BF_IS_SESSION (session), NULL);
  self = g_object_new (BF_TYPE_STUDY_SESSION, NULL);
  self->session = g_object_ref (session);
  self->folder = g_strdup (options ? options->folder : NULL);
  fill_with_this (self);
  self->epochs = get_first_epochs (self);
  g_signal_connect_object (session, "spec-changed", G_CALLBACK (on_spec_changed), self, G_CONNECT_SWAPPED);
  return self;
}
