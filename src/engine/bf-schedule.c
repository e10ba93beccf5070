/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * With W steps of linear warm-up, step s < W has the factor (s + 1) / W. The schedule proper begins after it,
 * at t = s − W, in epoch e = ⌊t / steps an epoch⌋ counted from there:
 *   step          factor ^ ⌊e / every⌋
 *   exponential   factor ^ e
 *   cosine        last + (1 − last) (1 + cos (π t / T)) / 2, T the planned steps after the warm-up
 *                 (Loshchilov & Hutter 2017, without restarts); beyond T it stays at last.
 */
#include "bf-schedule.h"

#include "bf-spec.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static double
constant_factor (const BfOptions *options, const BfScheduleTime *time)
{
  return 1;
}

static double
get_epoch (const BfScheduleTime *time)
{
  return (double) (time->step / MAX (time->steps_per_epoch, 1));
}

static double
step_factor (const BfOptions *options, const BfScheduleTime *time)
{
  return pow (bf_options_number (options, "factor"), floor (get_epoch (time) / bf_options_number (options, "every")));
}

static double
exponential_factor (const BfOptions *options, const BfScheduleTime *time)
{
  return pow (bf_options_number (options, "factor"), get_epoch (time));
}

static double
cosine_factor (const BfOptions *options, const BfScheduleTime *time)
{
  const double last = bf_options_number (options, "last");

  if (time->step >= time->planned)
    return last;
  return last + (1 - last) * (1 + cos (G_PI * (double) time->step / (double) time->planned)) / 2;
}

#define WARMUP { "warmup", N_("Warm-Up"), BF_PARAM_NUMBER, 0, 100000, 0, .unit = N_("epochs") }

static const BfParam constant_params[] = { WARMUP, { NULL } };

static const BfParam step_params[] = {
  { "every", N_("Every"), BF_PARAM_INTEGER, 1, 1000000, 30, .unit = N_("epochs") },
  { "factor", N_("Factor"), BF_PARAM_NUMBER, 0, 1, 0.1 },
  WARMUP,
  { NULL }
};

static const BfParam exponential_params[] = {
  { "factor", N_("Factor an Epoch"), BF_PARAM_NUMBER, 0, 1, 0.95 },
  WARMUP,
  { NULL }
};

static const BfParam cosine_params[] = {
  { "last", N_("Last Share"), BF_PARAM_NUMBER, 0, 1, 0 },
  WARMUP,
  { NULL }
};

static const BfSchedule constant = {
  { "constant", N_("Constant"), N_("The same rate all along"), constant_params }, constant_factor
};
static const BfSchedule by_steps = {
  { "step", N_("Step"), N_("A smaller rate every so many epochs"), step_params }, step_factor
};
static const BfSchedule exponential = {
  { "exponential", N_("Exponential"), N_("A little smaller at each epoch"), exponential_params }, exponential_factor
};
static const BfSchedule cosine = {
  { "cosine", N_("Cosine"), N_("Down half a cosine wave to the end of the training"), cosine_params }, cosine_factor
};

static const BfKind *const schedules[] = {
  &constant.kind,
  &by_steps.kind,
  &exponential.kind,
  &cosine.kind,
  NULL
};

const BfKind *const *
bf_schedules (void)
{
  return schedules;
}

double
bf_schedule_get_factor (const BfOptions *options, const BfScheduleTime *time)
{
  const BfSchedule *schedule = (const BfSchedule *) bf_options_get_kind (options);
  const guint64 warmup = (guint64) llround (bf_options_number (options, "warmup") * (double) time->steps_per_epoch);
  BfScheduleTime rest = *time;

  if (time->step < warmup)
    return (double) (time->step + 1) / (double) warmup;
  rest.step -= warmup;
  rest.planned -= MIN (rest.planned, warmup);
  return schedule->factor (options, &rest);
}
