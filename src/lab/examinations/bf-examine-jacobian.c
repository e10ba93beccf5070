/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Singular values of the Jacobians, at the first samples of the training split.
 */
#include "../bf-examination.h"

#include "../../engine/bf-jacobian.h"

#include <glib/gi18n-lib.h>

static gpointer
examine (const BfSubject *subject, BfProgress *progress, GError **error)
{
  const BfPlan *plan = subject->plan;
  guint n_samples = bf_options_integer (subject->options, "samples");
  const guint batch = bf_jacobian_choose (plan, bf_dataset_get_count (subject->data, BF_PART_TRAIN), &n_samples);
  g_autoptr (BfNetwork) network = bf_subject_compile (subject, batch, error);

  if (!network)
    return NULL;
  bf_dataset_gather (subject->data, BF_PART_TRAIN, NULL, 0, batch, bf_network_get_input (network), plan->shape.inputs,
                     NULL, NULL);
  return bf_jacobian_new (network, batch, n_samples, subject->step, progress, error);
}

static char *
explain (const BfOptions *options)
{
  return g_strdup (bf_options_integer (options, "samples") == 0
                     ? _("At as many training samples as go fast. Choose a number to look at more or fewer of them.")
                     : _("At the first training samples. Choose 0 for as many as go fast."));
}

static const BfParam params[] = {
  /* 0: as many as go fast */
  { "samples", N_("Samples"), BF_PARAM_INTEGER, 0, 256, 0 },
  { NULL }
};

extern const BfExaminationKind bf_examination_jacobian;
const BfExaminationKind bf_examination_jacobian = {
  .kind = { "jacobian", N_("Singular Values"), N_("How much each layer stretches a signal, direction by direction"), params },
  .compute = examine,
  .ref = (gpointer (*) (gpointer)) bf_jacobian_ref,
  .unref = (void (*) (gpointer)) bf_jacobian_unref,
  .explain = explain,
};
