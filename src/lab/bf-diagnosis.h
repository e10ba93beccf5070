/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What is wrong with a run, where, by which numbers, why, and what to try. It reads what was measured
 * and nothing else, so it can be asked of any snapshot: before training (step 0), while it runs, after it.
 */
#pragma once

#include "../engine/bf-snapshot.h"
#include "../engine/bf-theory.h"
#include "../engine/data/bf-dataset.h"

G_BEGIN_DECLS

typedef enum { BF_SEVERITY_INFORMATION, BF_SEVERITY_WARNING, BF_SEVERITY_ERROR, BF_SEVERITY_GOOD } BfSeverity;

typedef struct
{
  const char *id;   /* key in JSON: "decades_per_layer", "slope" … */
  double value;
} BfEvidence;

typedef struct
{
  const char *id;        /* of the table bf_finding_kinds() */
  BfSeverity severity;
  GArray *layers;        /* of guint: indices into plan->weighted, ascending; empty: the whole network */
  guint64 first, last;   /* steps that were looked at */
  guint64 since;         /* the first recorded step at which it held */
  GArray *evidence;      /* of BfEvidence */
  char *title;           /* "The gradient vanishes on its way to the first layers" */
  char *sentence;        /* where and how much, with numbers */
  char *cause;           /* why, with what would change it */
  GPtrArray *remedies;   /* of char *: as bf_spec_add_remedy_string() takes them, best first */
  double learning_rate;  /* another one to try; 0: none */
  gint64 go_back;        /* a step worth going back to: the last before all went wrong; −1: none */
} BfFinding;

/* What the data themselves say; measured once for a dataset. */
typedef struct
{
  double input_rms;       /* √ mean x², over up to 1,024 training samples, as the network gets them */
  double input_largest;   /* |x| */
  double guess_loss;      /* of the best answer that is the same for every sample; NaN: unknown */
  double guess_accuracy;  /* share of the largest class; NaN without classes */
  double target_sd;       /* of the numbers to be learned; NaN with classes */
  const BfTheory *theory; /* borrowed, of this plan and input_rms; NULL: made where it is needed */
} BfTaskFacts;

void bf_task_facts_measure (BfDataset *data, const BfSpec *spec, BfTaskFacts *facts);

/* id, name and when it counts, of every finding, in order of weight. */
const BfKind *const *bf_finding_kinds (void);

/* Findings, the gravest first; empty when all is well. facts: NULL when not known (then what needs them
 * is not looked for). thresholds: options of bf_thresholds_kind(), NULL for the defaults. Transfer full. */
GPtrArray *bf_diagnose (const BfSnapshot *snapshot, const BfTaskFacts *facts, const BfOptions *thresholds);

/* What is to be said of a run without findings, "none": how much of the gradient arrives, what was reached,
 * beside another run when there is one (snapshot and name; or NULL). Transfer full. */
BfFinding *bf_diagnose_well (const BfSnapshot *snapshot, const BfSnapshot *beside, const char *beside_label);

/* NaN when the finding has no such evidence. */
double bf_finding_get_evidence (const BfFinding *self, const char *id);
void   bf_finding_free (BfFinding *self);

/* A piece of evidence in words: its name (translated, static) and value; NULL: there is no value. Transfer full. */
char  *bf_evidence_format (const BfEvidence *self, const char **name);
/* Ids of the thresholds that a finding goes by, ended by NULL. */
const char *const *bf_finding_get_thresholds (const char *finding_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfFinding, bf_finding_free)

G_END_DECLS
