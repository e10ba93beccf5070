/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One examination under way: a thread with what it needs and what it leaves. It holds the run's worker and not the
 * run, so that a run can go while it is examined; and itself, so that nobody has to wait for it.
 */
#pragma once

#include "bf-examination.h"
#include "bf-worker.h"

G_BEGIN_DECLS

typedef struct _BfExaminationJob BfExaminationJob;

/* Begins. options: NULL, the kind's defaults. */
BfExaminationJob *bf_examination_job_new   (const BfExaminationKind *kind, const BfOptions *options, BfWorker *worker);
void              bf_examination_job_unref (BfExaminationJob *self);

double   bf_examination_job_get_fraction (BfExaminationJob *self);
void     bf_examination_job_cancel       (BfExaminationJob *self);   /* returns at once */
/* TRUE when it is done; then, once, what it came to (transfer full): a result and its step, or an error. */
gboolean bf_examination_job_take         (BfExaminationJob *self, gpointer *result, guint64 *step, GError **error);
void     bf_examination_job_wait         (BfExaminationJob *self);

G_END_DECLS
