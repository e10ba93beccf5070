/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Tells ThreadSanitizer of GLib's locks. Those are futexes inside a library that is not instrumented, so it
 * would see none of them and call everything they guard a race. This file is linked into every program of a
 * build with -Db_sanitize=thread: its functions stand before GLib's, say what happens, and call them. No
 * report is suppressed: code that takes no lock is still found.
 */
#include <glib-object.h>

#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#define UNSEEN __attribute__ ((no_sanitize ("thread")))

/* Found at the first call, long before there is a second thread; found twice is the same. */
#define REAL(function) \
  static __typeof__ (&function) real; \
  if (!real) \
    real = (__typeof__ (&function)) dlsym (RTLD_NEXT, #function)

UNSEEN void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock);
  __tsan_mutex_pre_lock (mutex, 0);
  real (mutex);
  __tsan_mutex_post_lock (mutex, 0, 0);
}

UNSEEN gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean taken;
  REAL (g_mutex_trylock);

  __tsan_mutex_pre_lock (mutex, __tsan_mutex_try_lock);
  taken = real (mutex);
  __tsan_mutex_post_lock (mutex, __tsan_mutex_try_lock | (taken ? 0 : __tsan_mutex_try_lock_failed), 0);
  return taken;
}

UNSEEN void
g_mutex_unlock (GMutex *mutex)
{
  REAL (g_mutex_unlock);
  __tsan_mutex_pre_unlock (mutex, 0);
  real (mutex);
  __tsan_mutex_post_unlock (mutex, 0);
}

UNSEEN void
g_mutex_clear (GMutex *mutex)
{
  REAL (g_mutex_clear);
  __tsan_mutex_destroy (mutex, __tsan_mutex_linker_init);
  real (mutex);
}

/* A wait lets go of the lock and takes it again. */
UNSEEN void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait);
  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
  real (cond, mutex);
  __tsan_mutex_pre_lock (mutex, 0);
  __tsan_mutex_post_lock (mutex, 0, 0);
}

UNSEEN gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end)
{
  gboolean told;
  REAL (g_cond_wait_until);

  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
  told = real (cond, mutex, end);
  __tsan_mutex_pre_lock (mutex, 0);
  __tsan_mutex_post_lock (mutex, 0, 0);
  return told;
}

/* Who lets go of the last reference sees all that the others did before they let go of theirs. */
UNSEEN gboolean
(g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  gboolean last;
  REAL (g_atomic_ref_count_dec);

  __tsan_release ((gpointer) count);
  last = real (count);
  if (last)
    __tsan_acquire ((gpointer) count);
  return last;
}

UNSEEN void
(g_object_unref) (gpointer object)
{
  REAL (g_object_unref);
  __tsan_release (object);
  real (object);
}

/* What is done once is seen by all; the macros themselves read the place as an atomic. */
UNSEEN gboolean
(g_once_init_enter) (volatile void *location)
{
  gboolean first;
  REAL (g_once_init_enter);

  first = real (location);
  if (!first)
    __tsan_acquire ((gpointer) location);
  return first;
}

UNSEEN void
(g_once_init_leave) (volatile void *location, gsize result)
{
  REAL (g_once_init_leave);
  __tsan_release ((gpointer) location);
  real (location, result);
}
