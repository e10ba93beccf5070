/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A report: one PDF that says what was trained, what came of it, what the diagnosis found and why, with
 * every figure that there is, of one run, of several against each other, or of a study. It is filled from
 * what is immutable or copied, so that printing, which takes a second or two, is done on a thread of its own.
 */
#pragma once

#include "../engine/bf-evaluation.h"
#include "../engine/bf-jacobian.h"
#include "../engine/bf-landscape.h"
#include "../engine/bf-theory.h"
#include "../lab/bf-study-queue.h"
#include "../plot/bf-document.h"

G_BEGIN_DECLS

/* A run as it is told of; all of it is reffed or copied. */
typedef struct
{
  BfSnapshot *snapshot;
  BfSpec *base;              /* with its remedies; the first run's is carried in the file */
  BfDataset *data;           /* NULL: not at hand; then nothing is said of the samples */
  BfEvaluation *evaluation;  /* or NULL */
  BfJacobian *jacobian;      /* what was examined on request; or NULL, all three */
  BfGradientLine *loss_line;
  BfLossPlane *loss_plane;
  const char *label;         /* "Run 2"; NULL: the experiment's name */
} BfReportRun;

typedef struct _BfReport BfReport;

BfReport *bf_report_new  (void);
BfReport *bf_report_ref  (BfReport *self);
void      bf_report_free (BfReport *self);   /* gives one reference back */

/* The first is the one that it is about; others are compared with it. */
void      bf_report_add_run        (BfReport *self, const BfReportRun *run);
/* In place of runs: the rows of a study as they stand. */
void      bf_report_set_study      (BfReport *self, BfStudyQueue *queue);
/* Options of bf_thresholds_kind(), copied; NULL: the defaults. */
void      bf_report_set_thresholds (BfReport *self, const BfOptions *thresholds);

/* How it looks. Zeros: A4, now, from left to right, decades of losses where they span many. */
typedef struct
{
  BfPaper paper;
  gboolean right_to_left;
  gint64 created;            /* seconds since 1970; 0: now */
  const char *font;          /* family list, or NULL */
  BfAxis loss_axis;
} BfReportLook;

/* The PDF's bytes; n_pages may be NULL. NULL and error when there is nothing to tell, or no memory. */
GBytes   *bf_report_print  (BfReport *self, const BfReportLook *look, guint *n_pages, GError **error);
/* "t1-baseline-report", transfer full. */
char     *bf_report_suggest_name (BfReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfReport, bf_report_free)

G_END_DECLS
