/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-data-cache.h"

/* The full Fashion-MNIST is 55 MB: one for the experiment at hand, one for where it came from. */
#define N_KEPT 2

typedef struct
{
  BfOptions *data;
  const BfKind *scaling;
  double validation_share;
  guint64 seed;
  char *folder;
  BfDataset *dataset;
} Entry;

static GMutex mutex;     /* held while loading: who wants the same data waits for it */
static GQueue entries;   /* of Entry, the latest first */

static void
entry_free (Entry *entry)
{
  bf_options_free (entry->data);
  g_free (entry->folder);
  bf_dataset_unref (entry->dataset);
  g_free (entry);
}

static gboolean
is_of (const Entry *entry, const BfSpec *spec, const char *folder)
{
  return entry->scaling == spec->scaling && entry->validation_share == spec->validation_share
         && entry->seed == spec->seed && g_strcmp0 (entry->folder, folder) == 0
         && bf_options_equal (entry->data, spec->data);
}

static Entry *
entry_new (const BfSpec *spec, const char *folder, BfDataset *dataset)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->data = bf_options_copy (spec->data);
  entry->scaling = spec->scaling;
  entry->validation_share = spec->validation_share;
  entry->seed = spec->seed;
  entry->folder = g_strdup (folder);
  entry->dataset = bf_dataset_ref (dataset);
  return entry;
}

BfDataset *
bf_data_cache_load (const BfSpec *spec, const char *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  BfDataset *dataset;

  for (GList *link = entries.head; link; link = link->next)
    if (is_of (link->data, spec, folder))
      {
        g_queue_unlink (&entries, link);
        g_queue_push_head_link (&entries, link);
        return bf_dataset_ref (((Entry *) link->data)->dataset);
      }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  dataset = bf_dataset_load (spec, folder, cancellable, error);
  if (!dataset)
    return NULL;
  g_queue_push_head (&entries, entry_new (spec, folder, dataset));
  while (entries.length > N_KEPT)
    entry_free (g_queue_pop_tail (&entries));
  return dataset;
}
