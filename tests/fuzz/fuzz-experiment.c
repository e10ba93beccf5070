/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Experiments. What is read can be laid out, and printed and read again it is the same.
 */
#include "fuzz.h"

#include "bf-file.h"
#include "bf-plan.h"
#include "bf-remedy.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  static const BfShape shape = { .inputs = 4, .outputs = 3, .classes = 3 };
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_file_parse ((const char *) bytes, (gssize) size, "fuzz.backflow", &warnings, &error);
  g_autoptr (BfSpec) effective = NULL;
  g_autoptr (BfSpec) again = NULL;
  g_autoptr (BfPlan) plan = NULL;
  g_autofree char *text = NULL;

  bf_fuzz_check (spec != NULL, error);
  if (!spec)
    return 0;
  text = bf_file_print (spec);
  again = bf_file_parse (text, -1, "again.backflow", NULL, &error);
  g_assert_no_error (error);
  g_assert (bf_spec_equal (spec, again));
  effective = bf_remedies_apply (spec);
  plan = bf_plan_new (effective, &shape);
  g_assert (plan->error || plan->n_layers > 0);
  return 0;
}
