/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What to build and train: an immutable description. A spec is edited by copying it, changing the
 * copy, and letting go of the old one; once shared it never changes, so threads and the undo
 * history hold references without locks.
 *
 * The network is a sequence of blocks, input to output. A block holds one or more layers and is
 * repeated `count` times; a single layer is a block of one layer, repeated once, that is not a
 * group. The copies of a group are linked: they share their description, not their weights.
 */
#pragma once

#include "bf-kind.h"

G_BEGIN_DECLS

typedef struct
{
  guint32 id;           /* permanent, unique in the spec, from 1; seeds the starting weights */
  BfOptions *options;   /* instance of a layer kind */
  gboolean frozen;      /* no update; its gradient is still recorded */
  const char *remedy;   /* interned id of the remedy that inserted or changed it, or NULL */
  /* Remedies only; not in files. */
  double gain;          /* factor on the starting weights; 0 stands for 1 */
  guint from_copy;      /* the number from 1 of the copy that "from" means; 0: the usual one */
} BfLayer;

typedef struct
{
  guint count;          /* copies, 1 … BF_MAX_COPIES */
  gboolean group;       /* shown as "Block × count" */
  GPtrArray *layers;    /* of BfLayer, owned */
  guint first;          /* number of the first copy; not 0 where a remedy gave copies blocks of their own */
} BfBlock;

typedef struct
{
  BfOptions *options;   /* instance of a remedy (lab) */
  gboolean on;
} BfRemedySetting;

/* Growing and freezing. A stage trains the hidden layers with weights number first … last (from 1); those
 * before are there and frozen, those after are not there yet. The output layer is always there, trains,
 * and is drawn anew (framework default); the optimizer and the schedule begin anew. */
typedef struct
{
  guint first, last;    /* last 0: to the end */
  guint epochs;         /* 0: the spec's */
} BfStage;

typedef struct _BfSpec
{
  gatomicrefcount references;
  char *name;                /* as the window's title shows it */
  char *summary;             /* one sentence, or "" */
  BfOptions *data;           /* instance of a data source */
  const BfKind *scaling;     /* of the inputs: bf_scalings() */
  double validation_share;   /* of the training samples, 0 … 0.9 */
  GPtrArray *blocks;         /* of BfBlock, owned, input to output */
  BfOptions *loss;           /* instance of a loss */
  BfOptions *optimizer;      /* instance of an optimizer */
  BfOptions *clipping;       /* of the gradients, before an update: instance of a clipping */
  double learning_rate;      /* the base rate, which the schedule multiplies */
  BfOptions *schedule;       /* of the learning rate: instance of a schedule */
  guint batch;
  guint epochs;
  guint64 seed;              /* below 2^53, so that JSON carries it */
  gboolean subnormals;       /* FALSE: flushed to zero */
  guint32 next_id;           /* of the next layer */
  GPtrArray *remedies;       /* of BfRemedySetting, owned, in the table's order; engine ignores it */
  GArray *stages;            /* of BfStage; NULL or empty: one, the whole network. Remedies only; not in files */
} BfSpec;

#define BF_MAX_COPIES 1000
#define BF_MAX_LAYERS 4000
#define BF_MAX_UNITS  65536

BfSpec  *bf_spec_new   (void);               /* empty network, defaults */
BfSpec  *bf_spec_copy  (const BfSpec *self); /* deep, one reference: the one to edit */
BfSpec  *bf_spec_ref   (BfSpec *self);
void     bf_spec_unref (BfSpec *self);
gboolean bf_spec_equal (const BfSpec *a, const BfSpec *b);

/* Whether two specs need different weights, batches or steps (FALSE: only name, summary, epochs,
 * learning rate differ, which a running training can take over). */
gboolean bf_spec_same_run (const BfSpec *a, const BfSpec *b);

/* Whether two specs need different runs even of a training that takes over what can change between steps:
 * name, summary, epochs, learning rate, clipping, frozen layers. */
gboolean bf_spec_same_training (const BfSpec *a, const BfSpec *b);
/* Whether they clip alike and freeze the same layers. */
gboolean bf_spec_same_live     (const BfSpec *a, const BfSpec *b);

BfBlock *bf_block_new  (gboolean group, guint count);
BfBlock *bf_block_copy (const BfBlock *self);
void     bf_block_free (BfBlock *self);

BfLayer *bf_layer_new  (BfSpec *spec, const char *kind_id);  /* takes spec->next_id */
BfLayer *bf_layer_copy (const BfLayer *self);                /* same id */
void     bf_layer_free (BfLayer *self);

/* Appends a single layer as a block of its own; returns it for setting options. */
BfLayer *bf_spec_append (BfSpec *self, const char *kind_id);

/* The layer of permanent id, or NULL; where_block and where_layer (may be NULL) tell its place. */
BfLayer *bf_spec_find_layer (const BfSpec *self, guint32 id, guint *where_block, guint *where_layer);

BfRemedySetting *bf_remedy_setting_new  (const BfKind *remedy, gboolean on);
BfRemedySetting *bf_remedy_setting_copy (const BfRemedySetting *self);
void             bf_remedy_setting_free (BfRemedySetting *self);

/* The tables that a spec speaks of. */
const BfKind *const *bf_layer_kinds  (void);   /* BfLayerKind, bf-layer.h */
const BfKind *const *bf_activations  (void);   /* BfActivation */
const BfKind *const *bf_initializers (void);   /* BfInitializer */
const BfKind *const *bf_losses       (void);   /* BfLoss */
const BfKind *const *bf_optimizers   (void);   /* BfOptimizer */
const BfKind *const *bf_clippings    (void);   /* BfClipping */
const BfKind *const *bf_schedules    (void);   /* BfSchedule */
const BfKind *const *bf_batch_norm_statistics (void);   /* running, batch */
const BfKind *const *bf_data_sources (void);   /* BfDataSource, data/bf-dataset.h */
const BfKind *const *bf_scalings     (void);   /* none, unit (to 0 … 1), standardized */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfSpec, bf_spec_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfBlock, bf_block_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfLayer, bf_layer_free)

G_END_DECLS
