/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What happened during a run and when, for the timeline, the flags over a plot and the keys that jump from one
 * to the next. Every event is read from what was recorded; what was not recorded is not listed.
 */
#pragma once

#include "bf-snapshot.h"

G_BEGIN_DECLS

typedef enum
{
  BF_EVENT_START,
  BF_EVENT_STAGE,      /* growing and freezing: a stage begins */
  BF_EVENT_CHANGE,     /* learning rate, clipping, freezing: changed while running */
  BF_EVENT_CLIPPED,    /* the first step whose gradient was clipped */
  BF_EVENT_DEAD,       /* the first layer of which every unit gave 0 for every sample */
  BF_EVENT_BEST,       /* the end of the epoch with the best validation accuracy; without classes, the lowest loss */
  BF_EVENT_DIVERGED,
  BF_N_EVENTS
} BfEventKind;

typedef struct
{
  BfEventKind kind;
  guint64 step;
  char *label;      /* short, for a flag: "first clip" */
  char *sentence;   /* "Step 120: the gradient is clipped for the first time." */
} BfRunEvent;

/* Of BfRunEvent, by step; transfer full. */
GPtrArray *bf_run_events_new  (const BfSnapshot *snapshot);

/* Steps to jump to: the events and the ends of epochs. The nearest before (direction < 0) or after `step`; the
 * first or last recorded step when there is none. */
guint64    bf_run_events_find (const BfSnapshot *snapshot, guint64 step, int direction);

/* "1–2", "7", "all": the layers that a stage trains. Transfer full. */
char      *bf_stage_mark_format (const BfStageMark *mark, const BfPlan *plan);

G_END_DECLS
