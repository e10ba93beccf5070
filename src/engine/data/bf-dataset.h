/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Samples in memory, their split and their scaling. Loaded from a data source (a table), then
 * immutable and shared by threads. Images stay bytes until a batch is gathered.
 */
#pragma once

#include <gio/gio.h>
#include "../bf-plan.h"

G_BEGIN_DECLS

typedef enum { BF_PART_TRAIN, BF_PART_VALIDATION, BF_PART_TEST, BF_N_PARTS } BfPart;

typedef struct _BfDataset BfDataset;

/* Samples as a source reads them; bf_raw_data_free() frees what is set. Training samples come
 * first, test samples after them (n_test may be 0). Either bytes or values; either labels or targets. */
typedef struct
{
  char *name;            /* "Fashion-MNIST" */
  char *origin;          /* a sentence: which files, how many samples, sample or full set */
  char **files;          /* NULL-ended paths that were read, or NULL: made from the seed */
  char *licence;         /* translated, of data that ships with the program; else NULL */
  guint n_train, n_test;
  guint inputs;          /* features of a sample */
  guint outputs;         /* classes or target numbers */
  guint classes;         /* 0: regression */
  guint image_width, image_height;  /* 0: not an image */
  guint8 *bytes;         /* (n_train + n_test, inputs), or NULL */
  float *values;         /* likewise, or NULL */
  guint16 *labels;       /* (n_train + n_test), or NULL */
  float *targets;        /* (n_train + n_test, outputs), or NULL */
  char **class_names;    /* NULL-ended, or NULL */
  char **input_names;    /* NULL-ended, or NULL */
} BfRawData;

void bf_raw_data_free (BfRawData *raw);

/* A data source: one file in this folder, one word in meson.build. */
typedef struct
{
  BfKind kind;
  /* folder: what the user asked for in place of the source's own ("--data DIR"), or NULL. */
  BfRawData *(*load) (const BfOptions *options, guint64 seed, const char *folder,
                      GCancellable *cancellable, GError **error);
} BfDataSource;

/* Loads spec->data, scales by spec->scaling (statistics of the training split only), splits by
 * spec->validation_share and the seed. folder as above. May take a second: call off the main thread. */
BfDataset *bf_dataset_load  (const BfSpec *spec, const char *folder, GCancellable *cancellable, GError **error);
BfDataset *bf_dataset_ref   (BfDataset *self);
void       bf_dataset_unref (BfDataset *self);

const BfShape    *bf_dataset_get_shape       (const BfDataset *self);
const char       *bf_dataset_get_name        (const BfDataset *self);
const char       *bf_dataset_get_origin      (const BfDataset *self);
const char *const *bf_dataset_get_class_names (const BfDataset *self);
const char *const *bf_dataset_get_input_names (const BfDataset *self);  /* NULL: they have none */
gboolean          bf_dataset_get_image_size  (const BfDataset *self, guint *width, guint *height);
guint             bf_dataset_get_count       (const BfDataset *self, BfPart part);

/* For looking at the samples as the source has them: what was read, the place there of sample i of a part,
 * and the scaling, x = (value − offset) · factor, of each input. All borrowed. */
const BfRawData *bf_dataset_get_raw   (const BfDataset *self);
guint            bf_dataset_get_row   (const BfDataset *self, BfPart part, guint i);
const float     *bf_dataset_get_offsets (const BfDataset *self);
const float     *bf_dataset_get_factors (const BfDataset *self);
const BfKind    *bf_dataset_get_scaling (const BfDataset *self);   /* a row of bf_scalings() */

/* Copies n samples of a part into x (n rows, `stride` floats apart), scaled, and their labels (n)
 * or targets (n, outputs). order: n indices within the part (then `first` is not looked at), or NULL
 * for file order from `first` on. labels and targets may be NULL; the one that the data lacks is
 * left alone. A constant input of the training split becomes 0 unless the scaling is none. */
void bf_dataset_gather (const BfDataset *self, BfPart part, const guint *order, guint first, guint n,
                        float *x, gsize stride, guint16 *labels, float *targets);

/* Asks the processor for n samples that are gathered soon: of a shuffled order, few are in any cache. Changes nothing. */
void bf_dataset_prefetch (const BfDataset *self, BfPart part, const guint *order, guint n);

/* The first n training samples as the source has them, before any split; scaled as above. n at most
 * bf_dataset_get_count_unsplit(). */
void  bf_dataset_gather_unsplit    (const BfDataset *self, guint n, float *x, guint16 *labels, float *targets);
guint bf_dataset_get_count_unsplit (const BfDataset *self);

/* Where the program's own data lies (sample images, ready-made experiments): the source tree when
 * run from the build tree, else the installed folder; BACKFLOW_DATA_DIR wins. Never NULL. */
const char *bf_data_dir (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfDataset, bf_dataset_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfRawData, bf_raw_data_free)

G_END_DECLS
