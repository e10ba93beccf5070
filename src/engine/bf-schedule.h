/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Learning-rate schedules: what the base rate is multiplied by at each step. The table bf_schedules() has a
 * row each.
 */
#pragma once

#include "bf-kind.h"

G_BEGIN_DECLS

/* Where the training stands, in steps. */
typedef struct
{
  guint64 step;             /* the one to be made, from 0 */
  guint64 steps_per_epoch;
  guint64 planned;          /* steps in all */
} BfScheduleTime;

typedef struct
{
  BfKind kind;
  /* The factor `step` steps after the warm-up; `time` counts from there too. */
  double (*factor) (const BfOptions *options, const BfScheduleTime *time);
} BfSchedule;

/* The factor on the base rate, warm-up included. */
double bf_schedule_get_factor (const BfOptions *options, const BfScheduleTime *time);

G_END_DECLS
