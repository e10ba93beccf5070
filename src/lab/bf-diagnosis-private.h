/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the rules of the diagnosis share: one rule a finding, in the table of bf-diagnosis.c.
 */
#pragma once

#include "bf-diagnosis.h"

G_BEGIN_DECLS

/* One look at a run. */
typedef struct
{
  const BfSnapshot *snapshot;
  const BfPlan *plan;
  const BfTaskFacts *facts;      /* or NULL */
  const BfOptions *thresholds;
  GPtrArray *window;             /* of BfColumn: the last 200 steps that were trained; the start before training */
  const BfColumn *now;           /* the last of them */
  GPtrArray *findings;
} BfDiagnosis;

/* A rule of the table: adds its finding, if there is one. Rules come in order; later ones may look at
 * what earlier ones found. */
typedef void (*BfDiagnosisRule) (BfDiagnosis *self);

void bf_diagnose_diverged          (BfDiagnosis *self);
void bf_diagnose_symmetric_start   (BfDiagnosis *self);
void bf_diagnose_exploding         (BfDiagnosis *self);
void bf_diagnose_vanishing         (BfDiagnosis *self);
void bf_diagnose_dead_units        (BfDiagnosis *self);
void bf_diagnose_saturation        (BfDiagnosis *self);
void bf_diagnose_unscaled_data     (BfDiagnosis *self);
void bf_diagnose_rate_too_large    (BfDiagnosis *self);
void bf_diagnose_rate_too_small    (BfDiagnosis *self);
void bf_diagnose_collapsed_output  (BfDiagnosis *self);
void bf_diagnose_overfitting       (BfDiagnosis *self);
void bf_diagnose_frozen            (BfDiagnosis *self);

/* A finding without words yet, alone; and appended. */
BfFinding *bf_finding_new       (const char *id, BfSeverity severity);
BfFinding *bf_diagnosis_add     (BfDiagnosis *self, const char *id, BfSeverity severity);
BfFinding *bf_diagnosis_find    (const BfDiagnosis *self, const char *id);
double     bf_diagnosis_threshold (const BfDiagnosis *self, const char *id);
void       bf_finding_set       (BfFinding *self, const char *id, double value);
void       bf_finding_add_layer (BfFinding *self, guint weighted);
/* A remedy to try, unless the network has it already. */
void       bf_diagnosis_suggest (const BfDiagnosis *self, BfFinding *finding, const char *remedy);

/* "Dense 2", "Dense 2 and Dense 3", "Dense 2 to Dense 7", "5 layers". Transfer full. */
char      *bf_finding_name_layers (const BfFinding *self, const BfPlan *plan);

/* Whether a layer is there in the present stage. */
gboolean   bf_diagnosis_has_layer (const BfDiagnosis *self, guint weighted);
/* The first and last hidden layer that are there; FALSE without two. */
gboolean   bf_diagnosis_get_hidden (const BfDiagnosis *self, guint *first, guint *last);

/* A number of each column of the window. NaN: none. */
typedef double (*BfColumnNumber) (const BfColumn *column, guint layer);
/* Median over the window of what is a number; NaN when nothing is. layer: index in the plan. */
double     bf_diagnosis_median  (const BfDiagnosis *self, BfColumnNumber number, guint layer);

/* Of two doubles, for sorting. */
int        bf_compare_numbers (const void *a, const void *b);
double     bf_column_log_output_gradient (const BfColumn *column, guint layer);
double     bf_column_update_ratio        (const BfColumn *column, guint layer);
/* Means over the window's steps. */
double     bf_diagnosis_mean_loss        (const BfDiagnosis *self);
double     bf_diagnosis_mean_accuracy    (const BfDiagnosis *self);
/* The largest median update ratio of a layer that moves, and which one; NaN before there is one. */
double     bf_diagnosis_largest_update   (const BfDiagnosis *self, guint *weighted);

/* A learning rate to try in place of one whose steps were too long. */
double     bf_diagnosis_find_calmer_rate (const BfDiagnosis *self);

/* Activation of a weighted layer's stage, or NULL. */
const BfKind *bf_plan_get_activation (const BfPlan *plan, guint weighted);
gboolean      bf_plan_has_kind       (const BfPlan *plan, const char *kind_id);

G_END_DECLS
