/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-dataset.h"

void
bf_raw_data_free (BfRawData *raw)
{
  if (!raw)
    return;
  g_free (raw->name);
  g_free (raw->origin);
  g_free (raw->bytes);
  g_free (raw->values);
  g_free (raw->labels);
  g_free (raw->targets);
  g_strfreev (raw->files);
  g_free (raw->licence);
  g_strfreev (raw->class_names);
  g_strfreev (raw->input_names);
  g_free (raw);
}
