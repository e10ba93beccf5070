/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Threads that share one step. Each has its part of every tensor for good: the same columns of each
 * layer's output and the weights that make them, so only activations move between processors. Who
 * computes an element is decided by its place and the number of threads, and an element's sum never
 * is: the bits are those of one thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BfCrew BfCrew;
typedef void (*BfCrewTask) (gpointer data, guint part, guint parts);

/* NULL for one thread or none: a crew of NULL is the caller alone. */
BfCrew *bf_crew_new  (guint threads);
void    bf_crew_free (BfCrew *self);
guint   bf_crew_get_threads (const BfCrew *self);

/* The task once in each thread, the caller's being part 0, or, while the processors are busy otherwise, as the one part
 * of one in the caller; returns when all are done. Subnormals are flushed in all
 * when they are in the caller. */
void    bf_crew_run  (BfCrew *self, BfCrewTask task, gpointer data);
/* Within a task: waits until all threads are here. */
void    bf_crew_wait (BfCrew *self);

/* Where a part of an extent begins, in floats: parts are multiples of a cache line. */
static inline guint
bf_crew_get_begin (guint extent, guint part, guint parts)
{
  const guint lines = (extent + 15) / 16;

  return MIN (extent, (guint) ((guint64) lines * part / parts) * 16);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfCrew, bf_crew_free)

G_END_DECLS
