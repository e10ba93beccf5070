/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the parts of a report share.
 */
#pragma once

#include "../lab/bf-diagnosis.h"
#include "bf-report.h"
#include "bf-study-rows.h"

G_BEGIN_DECLS

typedef struct
{
  BfSnapshot *snapshot;
  BfSpec *base;
  BfDataset *data;           /* or NULL */
  BfEvaluation *evaluation;  /* or NULL, like the three below */
  BfJacobian *jacobian;
  BfGradientLine *loss_line;
  BfLossPlane *loss_plane;
  char *label;               /* may be NULL */
  /* Made while it is printed: */
  BfDataFacts *facts;        /* or NULL */
  BfTheory *theory;          /* or NULL */
  BfTaskFacts task;
  GPtrArray *findings;       /* of BfFinding */
  char *name;                /* label or the experiment's name, with its remedies */
  BfFamily family;
} BfReportEntry;

struct _BfReport
{
  gatomicrefcount references;
  GPtrArray *runs;           /* of BfReportEntry */
  BfOptions *thresholds;
  BfStudyRows *rows;         /* in place of runs; or NULL */
  BfStudySummary *summaries; /* of its rows */
  BfFigureRun *figure_runs;  /* of `runs`, while it is printed */
};

/* The cells of a table, row after row. */
typedef struct
{
  GPtrArray *cells;          /* of char *, owned; NULL: empty */
} BfReportTable;

BfReportTable *bf_report_table_new  (void);
void           bf_report_table_free (BfReportTable *self);
void           bf_report_table_add  (BfReportTable *self, const char *cell);
void           bf_report_table_take (BfReportTable *self, char *cell);   /* transfer full */
/* A name and its value, where there is one; value: transfer full. */
void           bf_report_table_pair (BfReportTable *self, const char *name, char *value);
void           bf_report_table_put  (const BfReportTable *self, BfDocument *document, const BfDocumentColumn *columns, guint n);
/* Of names and values, without a head. */
void           bf_report_table_put_pairs (const BfReportTable *self, BfDocument *document);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfReportTable, bf_report_table_free)

/* "–" where it is not finite; transfer full. */
char *bf_report_print_value   (double value);
char *bf_report_print_percent (double share);
char *bf_report_print_loss    (double loss);

/* The parts. */
void bf_report_add_head       (BfReport *self, BfDocument *document, const BfReportLook *look);
void bf_report_add_numbers    (BfReport *self, BfDocument *document);
void bf_report_add_findings   (BfReport *self, BfDocument *document);
void bf_report_add_experiment (const BfReportEntry *entry, BfDocument *document);
void bf_report_add_layers     (const BfReportEntry *entry, BfDocument *document);
void bf_report_add_epochs     (const BfReportEntry *entry, BfDocument *document);
void bf_report_add_difference (const BfReportEntry *a, const BfReportEntry *b, BfDocument *document);
void bf_report_add_figures    (BfReport *self, BfDocument *document, const BfReportLook *look);
void bf_report_add_study      (BfReport *self, BfDocument *document);

G_END_DECLS
