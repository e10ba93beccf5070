/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Weights. Every number of every tensor that is read lies inside the file.
 */
#include "fuzz.h"

#include "bf-safetensors.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  g_autoptr (GBytes) whole = g_bytes_new (bytes, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tensors = bf_safetensors_parse (whole, "fuzz.safetensors", &error);

  bf_fuzz_check (tensors != NULL, error);
  for (guint i = 0; tensors && i < tensors->len; i++)
    {
      const BfTensorValues *tensor = g_ptr_array_index (tensors, i);
      const gsize width = tensor->type == BF_TENSOR_INT64 ? 8 : 4;
      gsize n;
      const uint8_t *values = g_bytes_get_data (tensor->values, &n);
      volatile uint8_t sum = 0;

      g_assert (n == bf_tensor_values_get_count (tensor) * width && n <= size);
      for (gsize k = 0; k < n; k++)
        sum = (uint8_t) (sum + values[k]);
    }
  return 0;
}
