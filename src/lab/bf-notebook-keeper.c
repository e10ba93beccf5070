/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-notebook-private.h"

#include <unistd.h>

#include "bf-file.h"
#include "bf-remedy-edit.h"

/* Taking a state costs training at most one part in so many … */
#define SHARE_OF_TAKING 20
/* … and writing it the disk and another core one in so many. */
#define SHARE_OF_WRITING 4
/* Samples whose values a digest holds. */
#define DIGEST_SAMPLES 64

void
bf_save_free (BfSave *save)
{
  bf_snapshot_unref (save->snapshot);
  g_bytes_unref (save->checkpoint);
  g_free (save);
}

static void
copy_info (BfKeeperInfo *info)
{
  info->name = g_strdup (info->name ? info->name : "");
  info->base = bf_spec_ref (info->base);
  info->folder = g_strdup (info->folder);
  info->study = g_strdup (info->study);
  info->study_name = g_strdup (info->study_name);
  info->row = g_strdup (info->row);
}

static void
clear_info (BfKeeperInfo *info)
{
  g_free ((char *) info->name);
  bf_spec_unref (info->base);
  g_free ((char *) info->folder);
  g_free ((char *) info->study);
  g_free ((char *) info->study_name);
  g_free ((char *) info->row);
}

static BfKeeper *
make (BfNotebook *notebook, const BfKeeperInfo *info, const char *uuid)
{
  BfKeeper *self = g_new0 (BfKeeper, 1);

  g_atomic_ref_count_init (&self->references);
  self->notebook = bf_notebook_ref (notebook);
  self->info = *info;
  copy_info (&self->info);
  self->uuid = uuid ? g_strdup (uuid) : g_uuid_string_random ();
  self->spec = bf_file_print (info->base);
  self->remedies = bf_spec_describe_remedies (info->base);
  self->created = g_get_real_time () / G_USEC_PER_SEC;
  self->lock = -1;
  for (guint i = 0; i < G_N_ELEMENTS (self->pieces); i++)
    self->pieces[i] = g_array_new (FALSE, FALSE, sizeof (BfPieceKey));
  return self;
}

static void
attach (BfKeeper *self)
{
  g_mutex_lock (&self->notebook->mutex);
  self->generation = self->notebook->generation;
  g_ptr_array_add (self->notebook->keepers, bf_keeper_ref (self));
  g_mutex_unlock (&self->notebook->mutex);
}

BfKeeper *
bf_keeper_new (BfNotebook *notebook, const BfKeeperInfo *info)
{
  BfKeeper *self = make (notebook, info, NULL);

  attach (self);
  return self;
}

BfKeeper *
bf_keeper_reopen (BfNotebook *notebook, const BfNotebookRun *run, GError **error)
{
  const BfKeeperInfo info = {
    .name = run->name, .base = run->base, .folder = run->folder, .threads = run->threads, .limit = run->limit,
  };
  g_autofree char *path = bf_notebook_dup_path (notebook);
  g_autoptr (GError) locked = NULL;
  const int lock = bf_notebook_lock_run (path, run->uuid, &locked);
  BfKeeper *self;

  if (locked)
    {
      g_propagate_error (error, g_steal_pointer (&locked));
      return NULL;
    }
  self = make (notebook, &info, run->uuid);
  self->lock = lock;
  self->star = run->star;
  self->taken_steps = run->snapshot->steps;
  self->taken_state = g_intern_string (run->state);
  attach (self);
  return self;
}

BfKeeper *
bf_keeper_ref (BfKeeper *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_keeper_unref (BfKeeper *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  if (self->lock >= 0)
    close (self->lock);
  for (guint i = 0; i < G_N_ELEMENTS (self->pieces); i++)
    g_array_unref (self->pieces[i]);
  g_clear_pointer (&self->pending, bf_save_free);
  clear_info (&self->info);
  g_free (self->uuid);
  g_free (self->spec);
  g_free (self->remedies);
  g_free (self->data);
  bf_notebook_unref (self->notebook);
  g_free (self);
}

const char *
bf_keeper_get_uuid (BfKeeper *self)
{
  return self->uuid;
}

BfNotebook *
bf_keeper_get_notebook (BfKeeper *self)
{
  return self->notebook;
}

void
bf_keeper_set_name (BfKeeper *self, const char *name)
{
  g_mutex_lock (&self->notebook->mutex);
  g_free ((char *) self->info.name);
  self->info.name = g_strdup (name);
  g_mutex_unlock (&self->notebook->mutex);
}

void
bf_keeper_set_base (BfKeeper *self, BfSpec *base)
{
  char *spec = bf_file_print (base);

  g_mutex_lock (&self->notebook->mutex);
  g_free (self->spec);
  self->spec = spec;
  g_mutex_unlock (&self->notebook->mutex);
}

void
bf_keeper_drop (BfKeeper *self)
{
  g_mutex_lock (&self->notebook->mutex);
  self->dropped = TRUE;
  g_clear_pointer (&self->pending, bf_save_free);
  g_cond_broadcast (&self->notebook->changed);
  g_mutex_unlock (&self->notebook->mutex);
}

void
bf_keeper_set_data (BfKeeper *self, const char *digest)
{
  g_mutex_lock (&self->notebook->mutex);
  g_free (self->data);
  self->data = g_strdup (digest);
  g_mutex_unlock (&self->notebook->mutex);
}

/* Whether a state may be taken now: the last one is written, or this one matters more. */
static gboolean
is_time (BfKeeper *self, gint64 now, gboolean news)
{
  BfNotebook *notebook = self->notebook;
  gboolean wanted;

  g_mutex_lock (&notebook->mutex);
  wanted = !self->dropped
           && (news || (!self->pending && now - self->taken >= MAX (notebook->period, SHARE_OF_WRITING * self->cost)));
  g_mutex_unlock (&notebook->mutex);
  return wanted;
}

/* The clock alone answers nearly always. */
gboolean
bf_keeper_is_due (const BfKeeper *self, const char *state)
{
  return state != self->taken_state
         || g_get_monotonic_time () - self->taken >= MAX (self->notebook->period, SHARE_OF_TAKING * self->take_cost);
}

void
bf_keeper_offer (BfKeeper *self, BfTrainer *trainer, const char *state, gboolean rest)
{
  const gint64 now = g_get_monotonic_time ();
  const gboolean news = rest || state != self->taken_state;
  g_autoptr (BfSnapshot) snapshot = NULL;
  g_autoptr (BfSave) old = NULL;
  BfSave *save;

  if (!news && !bf_keeper_is_due (self, state))
    return;
  if (!is_time (self, now, news))
    return;
  snapshot = bf_trainer_snapshot (trainer);
  if (snapshot->steps == 0 && snapshot->outcome != BF_OUTCOME_DIVERGED)
    return;
  if (state == self->taken_state && snapshot->steps == self->taken_steps)
    return;
  save = g_new0 (BfSave, 1);
  save->snapshot = g_steal_pointer (&snapshot);
  save->checkpoint = bf_trainer_save (trainer);
  save->state = state;
  self->taken_steps = save->snapshot->steps;
  self->taken_state = state;
  self->taken = g_get_monotonic_time ();
  self->take_cost = self->taken - now;
  g_mutex_lock (&self->notebook->mutex);
  self->begun = TRUE;
  old = g_steal_pointer (&self->pending);
  if (!self->dropped)
    self->pending = g_steal_pointer (&save);
  g_cond_broadcast (&self->notebook->changed);
  g_mutex_unlock (&self->notebook->mutex);
  g_clear_pointer (&save, bf_save_free);
}

void
bf_keeper_close (BfKeeper *self)
{
  g_mutex_lock (&self->notebook->mutex);
  self->closed = TRUE;
  g_cond_broadcast (&self->notebook->changed);
  g_mutex_unlock (&self->notebook->mutex);
}

static void
add_part (GChecksum *checksum, BfDataset *data, BfPart part)
{
  const BfShape *shape = bf_dataset_get_shape (data);
  const guint count = bf_dataset_get_count (data, part), n = MIN (count, DIGEST_SAMPLES);
  g_autofree float *x = g_new0 (float, shape->inputs);
  g_autofree float *targets = g_new0 (float, shape->outputs);

  g_checksum_update (checksum, (const guchar *) &count, sizeof count);
  for (guint i = 0; i < n; i++)
    {
      guint16 label = 0;

      bf_dataset_gather (data, part, NULL, (guint) ((guint64) i * count / n), 1, x, shape->inputs, &label, targets);
      g_checksum_update (checksum, (const guchar *) x, shape->inputs * sizeof *x);
      g_checksum_update (checksum, (const guchar *) &label, sizeof label);
      g_checksum_update (checksum, (const guchar *) targets, shape->outputs * sizeof *targets);
    }
}

char *
bf_keeper_digest (BfDataset *data)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (BfPart part = 0; part < BF_N_PARTS; part++)
    add_part (checksum, data, part);
  return g_strdup (g_checksum_get_string (checksum));
}
