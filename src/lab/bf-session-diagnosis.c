/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-session-diagnosis.h"

#include "bf-thresholds.h"

#include <string.h>

#define INTERVAL G_USEC_PER_SEC
#define STAY     (BF_DIAGNOSIS_STAY_SECONDS * G_USEC_PER_SEC)

/* What is known of one run's data and network; made on the thread of the first look. */
typedef struct
{
  gatomicrefcount references;
  BfTaskFacts task;
  BfTheory *theory;
} Facts;

/* One look, on its thread. */
typedef struct
{
  gpointer run;          /* the BfRun looked at, to know it again; not for the thread */
  BfSnapshot *snapshot;
  BfDataset *data;       /* or NULL */
  BfSnapshot *beside;    /* or NULL */
  char *beside_label;
  BfOptions *thresholds;
  Facts *facts;          /* NULL: to be made where there are data */
  GPtrArray *findings;
} Look;

struct _BfSessionDiagnosis
{
  GObject parent_instance;

  BfSession *session;
  BfOptions *thresholds;
  BfRun *run;            /* that facts and findings are of */
  Facts *facts;
  BfSnapshot *snapshot;
  GPtrArray *findings;
  GHashTable *since;     /* id → time in µs since which it is among the findings */
  char *shown;           /* id */
  gint64 shown_since;
  char *chosen;          /* id, or NULL */

  GCancellable *looking; /* not NULL: a look is under way */
  gboolean again;        /* something changed meanwhile */
  gint64 looked_at;
  guint waiting;
  gint64 due;            /* when the waiting ends */
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BfSessionDiagnosis, bf_session_diagnosis, G_TYPE_OBJECT)

static void
facts_unref (Facts *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  bf_theory_free (self->theory);
  g_free (self);
}

static Facts *
facts_ref (Facts *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static Facts *
facts_new (BfDataset *data, const BfPlan *plan)
{
  Facts *self = g_new0 (Facts, 1);

  g_atomic_ref_count_init (&self->references);
  bf_task_facts_measure (data, plan->spec, &self->task);
  self->theory = bf_theory_new (plan, self->task.input_rms * self->task.input_rms);
  self->task.theory = self->theory;
  return self;
}

static void
look_free (Look *self)
{
  bf_snapshot_unref (self->snapshot);
  g_clear_pointer (&self->data, bf_dataset_unref);
  g_clear_pointer (&self->beside, bf_snapshot_unref);
  g_free (self->beside_label);
  bf_options_free (self->thresholds);
  g_clear_pointer (&self->facts, facts_unref);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_free (self);
}

static void
look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Look *self = data;

  if (!self->facts && self->data)
    self->facts = facts_new (self->data, self->snapshot->plan);
  self->findings = bf_diagnose (self->snapshot, self->facts ? &self->facts->task : NULL, self->thresholds);
  if (self->findings->len == 0)
    g_ptr_array_add (self->findings, bf_diagnose_well (self->snapshot, self->beside, self->beside_label));
  g_task_return_boolean (task, TRUE);
}

static BfFinding *
find (GPtrArray *findings, const char *id)
{
  for (guint i = 0; id && i < findings->len; i++)
    if (g_str_equal (((BfFinding *) findings->pdata[i])->id, id))
      return findings->pdata[i];
  return NULL;
}

/* The place of a finding in the table, which is by weight. */
static guint
get_place (const char *id)
{
  guint place = 0;

  for (const BfKind *const *kind = bf_finding_kinds (); *kind && !g_str_equal ((*kind)->id, id); kind++)
    place++;
  return place;
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const BfFinding *one = *(BfFinding *const *) a, *other = *(BfFinding *const *) b;

  return (int) get_place (one->id) - (int) get_place (other->id);
}

/* Keeps what was said shortly before and would go too soon; "none" gives way at once. */
static void
keep_fresh (BfSessionDiagnosis *self, GPtrArray *findings, gint64 now)
{
  for (guint i = self->findings->len; i-- > 0;)
    {
      BfFinding *old = self->findings->pdata[i];
      const gint64 *since = g_hash_table_lookup (self->since, old->id);

      if (old->severity == BF_SEVERITY_GOOD || find (findings, old->id) || !since || now - *since >= STAY)
        continue;
      if (findings->len == 1 && ((BfFinding *) findings->pdata[0])->severity == BF_SEVERITY_GOOD)
        g_ptr_array_remove_index (findings, 0);
      g_ptr_array_add (findings, g_ptr_array_steal_index (self->findings, i));
    }
  g_ptr_array_sort (findings, compare_places);
}

static void
note_times (BfSessionDiagnosis *self, gint64 now)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->since);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!find (self->findings, id))
      g_hash_table_iter_remove (&iter);
  for (guint i = 0; i < self->findings->len; i++)
    {
      const BfFinding *finding = self->findings->pdata[i];

      if (!g_hash_table_contains (self->since, finding->id))
        g_hash_table_insert (self->since, (gpointer) finding->id, g_memdup2 (&now, sizeof now));
    }
}

/* Another one comes in front when the one that is there was there for long enough, or at once when it is
 * an error, or when it takes the place of "none". */
static void
choose_shown (BfSessionDiagnosis *self, gint64 now)
{
  const BfFinding *first = self->findings->len ? self->findings->pdata[0] : NULL;
  const BfFinding *chosen = find (self->findings, self->chosen), *shown = find (self->findings, self->shown);
  const BfFinding *next = chosen ? chosen : first;

  if (!chosen)
    g_clear_pointer (&self->chosen, g_free);
  if (shown && !chosen && first->severity != BF_SEVERITY_ERROR && now - self->shown_since < STAY)
    next = shown;
  if (next == shown && shown)
    return;
  g_free (self->shown);
  self->shown = next ? g_strdup (next->id) : NULL;
  self->shown_since = now;
}

static void begin (BfSessionDiagnosis *self);

static gboolean
on_time (gpointer data)
{
  BfSessionDiagnosis *self = data;

  self->waiting = 0;
  begin (self);
  return G_SOURCE_REMOVE;
}

static void
wait (BfSessionDiagnosis *self, gint64 microseconds)
{
  const gint64 due = g_get_monotonic_time () + microseconds;

  if (self->waiting != 0 && self->due <= due)
    return;
  g_clear_handle_id (&self->waiting, g_source_remove);
  self->due = due;
  self->waiting = g_timeout_add ((guint) (microseconds / 1000) + 1, on_time, self);
}

/* What is only there because it is fresh goes when it no longer is, though no run trains. */
static void
wait_for_stale (BfSessionDiagnosis *self, gint64 now)
{
  gint64 left = 0;
  GHashTableIter iter;
  gpointer since;

  g_hash_table_iter_init (&iter, self->since);
  while (g_hash_table_iter_next (&iter, NULL, &since))
    left = MAX (left, *(gint64 *) since + STAY - now);
  if (left > 0)
    wait (self, left);
}

void
bf_session_diagnosis_take (BfSessionDiagnosis *self, GPtrArray *findings, gint64 now)
{
  g_return_if_fail (BF_IS_SESSION_DIAGNOSIS (self) && findings != NULL);

  keep_fresh (self, findings, now);
  g_ptr_array_unref (self->findings);
  self->findings = findings;
  note_times (self, now);
  choose_shown (self, now);
  wait_for_stale (self, now);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Another run: nothing of the old one stays. */
static void
forget (BfSessionDiagnosis *self)
{
  g_clear_pointer (&self->facts, facts_unref);
  g_ptr_array_set_size (self->findings, 0);
  g_hash_table_remove_all (self->since);
  g_clear_pointer (&self->shown, g_free);
  g_clear_pointer (&self->chosen, g_free);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BfSessionDiagnosis) self = data;
  Look *done = g_task_get_task_data (G_TASK (result));
  BfSessionRun *current = self->session ? bf_session_get_current (self->session) : NULL;
  const gboolean cancelled = g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result)));

  g_clear_object (&self->looking);
  if (!cancelled && current && done->run == current->run)
    {
      if (g_set_object (&self->run, current->run))
        forget (self);
      if (!self->facts && done->facts)
        {
          self->facts = facts_ref (done->facts);
          g_object_set_data_full (G_OBJECT (self->run), "theory", bf_theory_ref (self->facts->theory), (GDestroyNotify) bf_theory_free);
        }
      g_clear_pointer (&self->snapshot, bf_snapshot_unref);
      self->snapshot = bf_snapshot_ref (done->snapshot);
      bf_session_diagnosis_take (self, g_steal_pointer (&done->findings), g_get_monotonic_time ());
    }
  if (self->again)
    begin (self);
}

static Look *
look_new (BfSessionDiagnosis *self, BfSessionRun *current)
{
  Look *new = g_new0 (Look, 1);
  BfSessionRun *beside = bf_session_get_beside (self->session);
  BfSnapshot *other = beside ? bf_run_get_snapshot (beside->run) : NULL;
  BfDataset *data = bf_run_get_dataset (current->run);

  new->run = current->run;
  new->snapshot = bf_snapshot_ref (bf_run_get_snapshot (current->run));
  new->data = data ? bf_dataset_ref (data) : NULL;
  new->beside = other ? bf_snapshot_ref (other) : NULL;
  new->beside_label = beside ? g_strdup (beside->label) : NULL;
  new->thresholds = bf_options_copy (self->thresholds);
  new->facts = self->facts && self->run == current->run ? facts_ref (self->facts) : NULL;
  return new;
}

static void
begin (BfSessionDiagnosis *self)
{
  BfSessionRun *current = self->session ? bf_session_get_current (self->session) : NULL;
  const gint64 now = g_get_monotonic_time ();
  g_autoptr (GTask) task = NULL;

  self->again = self->looking != NULL;
  if (self->again || !current || !bf_run_get_snapshot (current->run))
    return;
  /* What ended is told at once. */
  if (now - self->looked_at < INTERVAL && current->run == self->run && self->snapshot
      && bf_run_get_snapshot (current->run)->outcome == self->snapshot->outcome)
    {
      wait (self, self->looked_at + INTERVAL - now);
      return;
    }
  self->looked_at = now;
  self->looking = g_cancellable_new ();
  /* Not the task's own, which its thread may be the last to let go of: this is for the main thread alone. */
  task = g_task_new (NULL, self->looking, on_looked, g_object_ref (self));
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, look_new (self, current), (GDestroyNotify) look_free);
  g_task_run_in_thread (task, look);
}

static void
bf_session_diagnosis_dispose (GObject *object)
{
  BfSessionDiagnosis *self = BF_SESSION_DIAGNOSIS (object);

  g_clear_handle_id (&self->waiting, g_source_remove);
  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_object (&self->run);
  G_OBJECT_CLASS (bf_session_diagnosis_parent_class)->dispose (object);
}

static void
bf_session_diagnosis_finalize (GObject *object)
{
  BfSessionDiagnosis *self = BF_SESSION_DIAGNOSIS (object);

  forget (self);
  g_clear_pointer (&self->snapshot, bf_snapshot_unref);
  bf_options_free (self->thresholds);
  g_ptr_array_unref (self->findings);
  g_hash_table_unref (self->since);
  G_OBJECT_CLASS (bf_session_diagnosis_parent_class)->finalize (object);
}

static void
bf_session_diagnosis_class_init (BfSessionDiagnosisClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bf_session_diagnosis_dispose;
  G_OBJECT_CLASS (klass)->finalize = bf_session_diagnosis_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
free_finding (gpointer finding)
{
  bf_finding_free (finding);
}

static void
bf_session_diagnosis_init (BfSessionDiagnosis *self)
{
  self->thresholds = bf_options_new (bf_thresholds_kind ());
  self->findings = g_ptr_array_new_with_free_func (free_finding);
  self->since = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
}

BfSessionDiagnosis *
bf_session_diagnosis_new (BfSession *session)
{
  BfSessionDiagnosis *self = g_object_new (BF_TYPE_SESSION_DIAGNOSIS, NULL);
  const char *const changes[] = { "run-changed", "updated" };

  self->session = g_object_ref (session);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_swapped (session, changes[i], G_CALLBACK (begin), self);
  begin (self);
  return self;
}

GPtrArray *
bf_session_diagnosis_get_findings (BfSessionDiagnosis *self)
{
  g_return_val_if_fail (BF_IS_SESSION_DIAGNOSIS (self), NULL);
  return self->findings;
}

const BfFinding *
bf_session_diagnosis_get_shown (BfSessionDiagnosis *self)
{
  g_return_val_if_fail (BF_IS_SESSION_DIAGNOSIS (self), NULL);
  return find (self->findings, self->shown);
}

void
bf_session_diagnosis_choose (BfSessionDiagnosis *self, const char *id)
{
  g_return_if_fail (BF_IS_SESSION_DIAGNOSIS (self));

  if (!find (self->findings, id))
    return;
  g_free (self->chosen);
  self->chosen = g_strdup (id);
  choose_shown (self, g_get_monotonic_time ());
  g_signal_emit (self, signals[CHANGED], 0);
}

BfSnapshot *
bf_session_diagnosis_get_snapshot (BfSessionDiagnosis *self)
{
  g_return_val_if_fail (BF_IS_SESSION_DIAGNOSIS (self), NULL);
  return self->snapshot;
}

const BfTaskFacts *
bf_session_diagnosis_get_facts (BfSessionDiagnosis *self)
{
  g_return_val_if_fail (BF_IS_SESSION_DIAGNOSIS (self), NULL);
  return self->facts ? &self->facts->task : NULL;
}

gboolean
bf_session_diagnosis_suggests (BfSessionDiagnosis *self, const char *remedy_id)
{
  const gsize length = strlen (remedy_id);

  g_return_val_if_fail (BF_IS_SESSION_DIAGNOSIS (self), FALSE);
  for (guint i = 0; i < self->findings->len; i++)
    {
      const BfFinding *finding = self->findings->pdata[i];

      for (guint k = 0; k < finding->remedies->len; k++)
        {
          const char *text = finding->remedies->pdata[k];

          if (g_str_has_prefix (text, remedy_id) && (text[length] == '\0' || text[length] == ':'))
            return TRUE;
        }
    }
  return FALSE;
}

void
bf_session_diagnosis_set_thresholds (BfSessionDiagnosis *self, const BfOptions *thresholds)
{
  g_return_if_fail (BF_IS_SESSION_DIAGNOSIS (self));

  bf_options_free (self->thresholds);
  self->thresholds = thresholds ? bf_options_copy (thresholds) : bf_options_new (bf_thresholds_kind ());
  /* What was found by other thresholds goes at once. */
  g_hash_table_remove_all (self->since);
  self->shown_since = 0;
  self->looked_at = 0;
  begin (self);
}

const BfOptions *
bf_session_diagnosis_get_thresholds (BfSessionDiagnosis *self)
{
  g_return_val_if_fail (BF_IS_SESSION_DIAGNOSIS (self), NULL);
  return self->thresholds;
}

BfTheory *
bf_run_get_theory (BfRun *run)
{
  return g_object_get_data (G_OBJECT (run), "theory");
}
