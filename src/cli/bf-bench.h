/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The speed of training, measured: the networks that the project compares itself on, and any other
 * of one width, "UNITSxLAYERS", on the images.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  BF_BENCH_OFF,     /* nothing is measured */
  BF_BENCH_EVERY,   /* norm, mean, spread and histogram of all weights and their gradients, every step */
  BF_BENCH_FULL,    /* the recording, and histograms of all tensors, every step */
} BfBenchStatistics;

typedef struct
{
  double steps_per_second;
  double steps_per_cpu_second;   /* processor time of all threads: what other programs do counts little */
  guint64 steps;
  guint64 parameters;
  double flops;              /* of the matrix products of a step */
  double sgemm_flops;        /* a second, of CBLAS on one thread at these shapes */
  double peak_flops;         /* a second, at most that one thread can compute, measured without memory */
  double recording_bytes;    /* the most that the recording of this network comes to hold */
  guint threads;             /* that shared a step: one where it is small */
} BfBench;

/* NULL-ended; ids, then what they are in words. */
const char *const *bf_bench_list (void);

/* steps 0: as many as take a second. FALSE with error when there is no such network, or it cannot be made. */
gboolean bf_bench_run (BfBench *self, const char *network, const char *folder, guint threads,
                       BfBenchStatistics statistics, guint64 steps, GError **error);

G_END_DECLS
