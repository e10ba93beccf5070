/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A training step takes no memory, but a column when one is complete and a frame when one is due. The program's
 * own malloc() stands before the C library's and counts.
 */
#include "trainer-specs.h"

#include <stdlib.h>

/* Sanitizers bring a malloc() of their own; clang tells by a feature, gcc by a macro. */
#ifndef __has_feature
# define __has_feature(feature) 0
#endif
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) \
  && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define COUNTS 1

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *memory, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);

static volatile int taken;

void *
malloc (size_t size)
{
  g_atomic_int_inc (&taken);
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  g_atomic_int_inc (&taken);
  return __libc_calloc (n, size);
}

void *
realloc (void *memory, size_t size)
{
  g_atomic_int_inc (&taken);
  return __libc_realloc (memory, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  g_atomic_int_inc (&taken);
  return __libc_memalign (alignment, size);
}
#endif

/* Asserts that it counts at all. */
static gboolean
is_counting (void)
{
#ifdef COUNTS
  const int before = g_atomic_int_get (&taken);

  if (g_getenv ("BF_VALGRIND"))
    {
      g_test_skip ("Valgrind has a malloc() of its own");
      return FALSE;
    }
  g_free (g_malloc (100));
  g_assert_cmpint (g_atomic_int_get (&taken), >, before);
  return TRUE;
#else
  g_test_skip ("malloc() cannot be counted here");
  return FALSE;
#endif
}

#ifdef COUNTS
static int
count_step (BfTrainer *trainer)
{
  const int before = g_atomic_int_get (&taken);

  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_MADE);
  return g_atomic_int_get (&taken) - before;
}

static BfTrainer *
make (const BfKind *optimizer, const char *extra, const char *clipping)
{
  g_autoptr (BfSpec) spec = make_moons (3, extra, 1000);

  g_clear_pointer (&spec->optimizer, bf_options_free);
  spec->optimizer = bf_options_new (optimizer);
  g_clear_pointer (&spec->clipping, bf_options_free);
  spec->clipping = bf_options_new (bf_kind_find (bf_clippings, clipping));
  return make_trainer (spec);
}

/* Every kind of layer that needs no settings, optimizer and clipping. At an epoch's end validation is free too. */
static void
check_kind (const BfKind *optimizer, const char *extra, const char *clipping)
{
  g_autoptr (BfTrainer) trainer = make (optimizer, extra, clipping);
  const guint64 epoch = bf_trainer_get_steps_per_epoch (trainer);

  bf_trainer_set_recording (trainer, FALSE);
  make_steps (trainer, 1);
  for (guint64 step = 1; step < 3 * epoch; step++)
    {
      const int n = count_step (trainer);

      if ((step + 1) % epoch != 0)
        g_assert_cmpint (n, ==, 0);
      else
        g_assert_cmpint (n, <=, 1);   /* the list of epochs grows */
    }
}
#endif

static void
test_step (void)
{
  if (!is_counting ())
    return;
#ifdef COUNTS
  const char *extras[] = { NULL, "batch-norm", "layer-norm", "tensor-norm", "gradient-norm", "dropout" };

  for (const BfKind *const *kind = bf_optimizers (); *kind; kind++)
    check_kind (*kind, "dropout", "none");
  for (guint i = 0; i < G_N_ELEMENTS (extras); i++)
    check_kind (bf_optimizers ()[0], extras[i], "none");
  for (const BfKind *const *kind = bf_clippings (); *kind; kind++)
    check_kind (bf_optimizers ()[0], NULL, (*kind)->id);
#endif
}

/* With recording: one for a complete column; a frame's parts at the steps of frames. */
static void
test_recorded (void)
{
  if (!is_counting ())
    return;
#ifdef COUNTS
  g_autoptr (BfTrainer) trainer = make (bf_optimizers ()[0], "batch-norm", "global-norm");
  const guint64 epoch = bf_trainer_get_steps_per_epoch (trainer);
  guint free_steps = 0;

  make_steps (trainer, 1025);
  for (guint64 step = 1025; step < 1400; step++)
    {
      const int n = count_step (trainer);

      if (step % 16 == 0 || (step + 1) % epoch == 0)   /* a frame may be due; an epoch ends */
        continue;
      g_assert_cmpint (n, <=, 1);
      free_steps += n == 0;
    }
  g_assert_cmpuint (free_steps, >, 100);
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/allocation/step", test_step);
  g_test_add_func ("/allocation/recorded", test_recorded);
  return g_test_run ();
}
