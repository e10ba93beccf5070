/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * An experiment as a short script in another framework: what a student reads, runs and changes. Or, for
 * parity, the one pass of bf-first-batch.h with the same starting weights, read from a safetensors file.
 */
#pragma once

#include "bf-first-batch.h"

G_BEGIN_DECLS

typedef struct
{
  BfPlan *plan;            /* of the effective spec; without an error */
  const BfDataset *data;
  const char *folder;      /* the script's data folder where none is given, or NULL */
  const char *weights;     /* parity: the path of the weights' file; NULL: the script trains */
  guint samples;           /* parity: of the batch */
} BfCodeOptions;

/* A framework: a kind with a script. */
const BfKind *const *bf_code_frameworks (void);

/* The script. Transfer full. */
char *bf_code_print (const BfKind *framework, const BfCodeOptions *options);

/* Starting weights under the names of the PyTorch script's state_dict, which both scripts read, and the
 * samples (data.x, data.y) where the script cannot take them from files. Of BfTensorValues; transfer full. */
GPtrArray *bf_code_list_tensors (const BfFirstBatch *batch);
/* What a parameter is called in the PyTorch script's state_dict: "layers.3.weight". Transfer full. */
char *bf_code_get_tensor_name (const BfPlan *plan, const BfParameter *parameter);

G_END_DECLS
