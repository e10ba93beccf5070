/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Tensors in a safetensors file: eight bytes (little-endian) with the length of a JSON header, the
 * header with each tensor's type, shape and place, and the numbers one after another. Format:
 * https://github.com/huggingface/safetensors (README, “Format”).
 */
#pragma once

#include <gio/gio.h>
#include "../engine/bf-kind.h"

G_BEGIN_DECLS

typedef enum { BF_TENSOR_FLOAT32, BF_TENSOR_INT64 } BfTensorType;

#define BF_MAX_TENSOR_RANK 4

/* A tensor, row-major, little-endian as the machines that the program runs on. */
typedef struct
{
  char *name;
  BfTensorType type;
  guint rank;                        /* 0: a single number */
  guint64 shape[BF_MAX_TENSOR_RANK];
  GBytes *values;                    /* 4 or 8 bytes an element */
} BfTensorValues;

BfTensorValues *bf_tensor_values_new  (const char *name, BfTensorType type, guint rank, const guint64 *shape, gconstpointer values);
void            bf_tensor_values_free (BfTensorValues *self);
guint64         bf_tensor_values_get_count (const BfTensorValues *self);

/* tensors: of BfTensorValues, names different. Replaces the file as a whole or not at all. */
gboolean   bf_safetensors_save  (const char *path, GPtrArray *tensors, GError **error);
/* Of BfTensorValues, in the order of the file; transfer full. name: for messages. Whatever the bytes are,
 * nothing is taken from them unchecked. */
GPtrArray *bf_safetensors_load  (const char *path, GError **error);
GPtrArray *bf_safetensors_parse (GBytes *bytes, const char *name, GError **error);

/* The tensor of that name, or NULL. */
const BfTensorValues *bf_safetensors_find (GPtrArray *tensors, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfTensorValues, bf_tensor_values_free)

G_END_DECLS
