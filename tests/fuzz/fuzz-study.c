/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Studies.
 */
#include "fuzz.h"

#include "bf-study.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BfStudy) study = bf_study_parse ((const char *) bytes, (gssize) size, "fuzz.study", "/nonexistent",
                                              &warnings, &error);

  bf_fuzz_check (study != NULL, error);
  if (!study)
    return 0;
  g_assert (study->rows->len <= BF_STUDY_MAX_ROWS);
  for (guint i = 0; i < study->rows->len; i++)
    {
      g_autoptr (BfSpec) spec = bf_study_row_make_spec (g_ptr_array_index (study->rows, i), 0, 1);

      g_assert (spec->epochs == 1);
    }
  return 0;
}
