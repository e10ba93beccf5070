/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * How the loss goes along the gradient, and how long a step may be.
 */
#include "bf-examination.h"

#include <glib/gi18n-lib.h>

#include "../../engine/bf-landscape.h"

static gpointer
compute (const BfSubject *subject, BfProgress *progress, GError **error)
{
  const guint batch = bf_landscape_get_batch (subject->plan, subject->data);
  g_autoptr (BfNetwork) network = bf_subject_compile (subject, batch, error);

  return network ? bf_gradient_line_new (network, subject->data, subject->step, subject->rate, progress, error) : NULL;
}

static gpointer
ref (gpointer result)
{
  return bf_gradient_line_ref (result);
}

static void
unref (gpointer result)
{
  bf_gradient_line_unref (result);
}

extern const BfExaminationKind bf_examination_loss_line;
const BfExaminationKind bf_examination_loss_line = {
  .kind = { "loss-line", N_("Loss along the Gradient"), N_("How long a step the loss allows from here"), NULL },
  .compute = compute,
  .ref = ref,
  .unref = unref,
};
