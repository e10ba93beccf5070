/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Real runs for figures and reports: ready-made experiments, trained here and now on the samples that
 * ship with the program.
 */
#pragma once

#include "bf-report.h"
#include "bf-run.h"

typedef struct
{
  const char *id;
  const char *experiment;      /* ready-made */
  const char *remedies[4];     /* as on the command line; ended by NULL */
  const char *label;           /* NULL: the experiment's name */
  guint epochs;                /* 0: `steps` */
  guint steps;                 /* with 0 epochs too: the start alone */
  guint copies;                /* of the first block; 0: as it is */
  BfFamily family;
} RealRunKind;

typedef struct
{
  const RealRunKind *kind;
  BfSpec *base;
  BfRun *run;
  BfSnapshot *snapshot;        /* borrowed from the run */
  BfDataFacts *facts;
  BfTheory *theory;
  BfEvaluation *evaluation;    /* borrowed; NULL where the run ended for good */
} RealRun;

RealRun *real_run_new  (const RealRunKind *kind);
void     real_run_free (RealRun *self);
/* What an examination of this id finds, with its defaults; borrowed. */
gpointer real_run_examine (RealRun *self, const char *id);
/* As figures and reports take it. */
BfFigureRun real_run_get_figure_run (const RealRun *self);
void        real_run_add_to_report  (const RealRun *self, BfReport *report);

/* The rows of a ready-made study, trained. */
BfStudyQueue *real_study_new (const char *study, guint seeds, guint epochs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealRun, real_run_free)
