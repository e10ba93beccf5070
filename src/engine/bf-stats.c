/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The loop over a tensor counts as if all values were finite. The square of a finite float32 is
 * finite in double, and so is a sum of them; when that sum is not, some value was not, and the tensor
 * is read again, slowly.
 */
#include "bf-stats.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The loops below are reductions, which the compiler vectorises only when it may reorder sums. The
 * order then depends on the processor, never on the run. ORDERED: it must not; a fused multiplication and addition
 * changes nothing there, as the square of a float is exact in double. */
#if defined (__x86_64__) && defined (__GNUC__) && !defined (__clang__) && defined (__linux__) && !defined (__SANITIZE_ADDRESS__) \
    && !defined (__SANITIZE_THREAD__)
#define REDUCTION __attribute__ ((noinline, optimize ("O3", "associative-math", "no-signed-zeros", "finite-math-only", "no-trapping-math"), \
                                  target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define ORDERED __attribute__ ((noinline, optimize ("O3", "no-signed-zeros", "finite-math-only", "no-trapping-math", "fp-contract=fast"), \
                                target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define REDUCTION __attribute__ ((noinline))
#define ORDERED REDUCTION
#endif

#define SIGN_OFF 0x7fffffffu
#define INFINITE_BITS 0x7f800000u

static inline guint32
to_bits (float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

/* Everything is kept in lanes, value i in lane i % LANES: so the sum of squares has the same bits whether the rest is
 * measured or not. */
#define LANES 16

static inline double
sum_lanes (const double *lanes, double rest)
{
  for (int lane = 0; lane < LANES; lane++)
    rest += lanes[lane];
  return rest;
}

/* With a NaN among the values, low, high and zeros mean nothing; squares then tells. */
ORDERED void
bf_measure_block (BfMeasureBlock *restrict self, const float *restrict values, int n)
{
  double sums[LANES] = { 0 }, squares[LANES] = { 0 }, sum = 0, rest = 0;
  float lows[LANES], highs[LANES], low, high;
  guint32 counts[LANES] = { 0 }, zeros = 0;
  const int whole = n - n % LANES;

  for (int lane = 0; lane < LANES; lane++)
    lows[lane] = highs[lane] = values[0];
  for (int i = 0; i < whole; i += LANES)
    for (int lane = 0; lane < LANES; lane++)
      {
        const float value = values[i + lane];
        const double wide = value;

        sums[lane] += wide;
        squares[lane] += wide * wide;
        lows[lane] = value < lows[lane] ? value : lows[lane];
        highs[lane] = value > highs[lane] ? value : highs[lane];
        counts[lane] += value == 0;
      }
  low = lows[0];
  high = highs[0];
  for (int lane = 0; lane < LANES; lane++)
    {
      low = MIN (low, lows[lane]);
      high = MAX (high, highs[lane]);
      zeros += counts[lane];
    }
  for (int i = whole; i < n; i++)
    {
      const double wide = values[i];

      sum += wide;
      rest += wide * wide;
      low = MIN (low, values[i]);
      high = MAX (high, values[i]);
      zeros += values[i] == 0;
    }
  *self = (BfMeasureBlock) { sum_lanes (sums, sum), sum_lanes (squares, rest), low, high, zeros };
}

#define HALF (LANES / 2)

/* Adds n squares to rest; low: values of the first half of the lanes, high: of the other. Two pointers that the compiler
 * knows nothing of, or it loads both halves at once and then takes them apart for the conversion to double, which is
 * what this waits for. */
ORDERED static double
add_squares (const float *restrict low, const float *restrict high, int n, double rest)
{
  double first[HALF] = { 0 }, second[HALF] = { 0 };

  for (int i = 0; i < n; i += LANES)
    {
      for (int lane = 0; lane < HALF; lane++)
        first[lane] += (double) low[i + lane] * low[i + lane];
      for (int lane = 0; lane < HALF; lane++)
        second[lane] += (double) high[i + lane] * high[i + lane];
    }
  for (int lane = 0; lane < HALF; lane++)
    rest += first[lane];
  for (int lane = 0; lane < HALF; lane++)
    rest += second[lane];
  return rest;
}

double
bf_measure_squares (const float *values, int n)
{
  const int whole = n - n % LANES;
  double rest = 0;

  for (int i = whole; i < n; i++)
    rest += (double) values[i] * values[i];
  return add_squares (values, values + HALF, whole, rest);
}

REDUCTION static guint32
find_top (const float *restrict values, gsize n)
{
  guint32 top = 0;

  for (gsize i = 0; i < n; i++)
    {
      const guint32 size = to_bits (values[i]) & SIGN_OFF;
      top = size > top ? size : top;
    }
  return top;
}

REDUCTION static double
sum_changes (const float *restrict before, const float *restrict after, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      const double change = (double) after[i] - (double) before[i];
      sum += change * change;
    }
  return sum;
}

REDUCTION static guint32
count_outside (const float *restrict values, int n, float low, float high)
{
  guint32 count = 0;

  for (int i = 0; i < n; i++)
    count += (values[i] < low) | (values[i] > high);
  return count;
}

REDUCTION static void
mark_alive (guint8 *restrict alive, const float *restrict values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    alive[i] |= (to_bits (values[i]) & SIGN_OFF) != 0;
}

/* All anew, of the finite values only. */
static void
measure_finite (BfMeasure *self, const float *values, gsize n)
{
  self->sum = self->squares = 0;
  self->zeros = 0;
  for (gsize i = 0; i < n; i++)
    {
      const guint32 size = to_bits (values[i]) & SIGN_OFF;

      if (size >= INFINITE_BITS)
        {
          self->nonfinite++;
          self->infinite |= size == INFINITE_BITS;
          self->nan |= size > INFINITE_BITS;
          continue;
        }
      self->zeros += size == 0;
      self->sum += values[i];
      self->squares += (double) values[i] * values[i];
      self->minimum = fminf (self->minimum, values[i]);
      self->maximum = fmaxf (self->maximum, values[i]);
    }
}

static void
add_block (BfMeasure *self, const BfMeasureBlock *block)
{
  self->sum += block->sum;
  self->squares += block->squares;
  self->zeros += block->zeros;
  self->minimum = MIN (self->minimum, block->low);
  self->maximum = MAX (self->maximum, block->high);
}

static void
begin (BfMeasure *self, gsize n)
{
  *self = (BfMeasure) { .size = n, .minimum = INFINITY, .maximum = -INFINITY };
}

static void
finish (BfMeasure *self, const float *values)
{
  if (isfinite (self->squares) && self->size > 0)
    return;
  self->minimum = self->maximum = NAN;
  measure_finite (self, values, self->size);
}

void
bf_measure_fold (BfMeasure *self, const BfMeasureBlock *blocks, const float *values, gsize n)
{
  begin (self, n);
  for (gsize i = 0; i * BF_MEASURE_BLOCK < n; i++)
    add_block (self, &blocks[i]);
  finish (self, values);
}

void
bf_measure_tensor (BfMeasure *self, const float *values, gsize n)
{
  begin (self, n);
  for (gsize i = 0; i < n; i += BF_MEASURE_BLOCK)
    {
      BfMeasureBlock block;

      bf_measure_block (&block, values + i, (int) MIN (BF_MEASURE_BLOCK, n - i));
      add_block (self, &block);
    }
  finish (self, values);
}

double
bf_measure_get_norm (const BfMeasure *self)
{
  return sqrt (self->squares);
}

/* The norm of finite floats may itself lie beyond a float; the largest float stands for it. */
static float
to_float (double value)
{
  return (float) CLAMP (value, -FLT_MAX, FLT_MAX);
}

static void
set_norm (BfStats *self, const BfMeasure *measure)
{
  const double norm = bf_measure_get_norm (measure);

  self->log_norm = self->norm_low = self->norm_high = NAN;
  if (measure->infinite)
    self->states |= BF_STATE_INFINITE;
  if (measure->nan)
    self->states |= BF_STATE_NAN;
  if (measure->nonfinite > 0)
    return;
  self->norm_low = self->norm_high = to_float (norm);
  if (norm > 0)
    {
      self->log_norm = (float) log10 (norm);
      self->counted = 1;
      if (norm < FLT_MIN)
        self->states |= BF_STATE_SUBNORMAL;
    }
  else
    self->states |= BF_STATE_ZERO;
}

void
bf_stats_set_measure (BfStats *self, const BfMeasure *measure)
{
  const double finite = (double) (measure->size - measure->nonfinite);
  const double mean = finite > 0 ? measure->sum / finite : NAN;
  const double spread = finite > 1 ? (measure->squares - mean * measure->sum) / (finite - 1) : 0;

  memset (self, 0, sizeof *self);
  self->size = (guint32) measure->size;
  self->zeros = (guint32) measure->zeros;
  self->nonfinite = (guint32) measure->nonfinite;
  self->minimum = measure->minimum;
  self->maximum = measure->maximum;
  self->mean = (float) mean;
  self->rms = finite > 0 ? (float) sqrt (measure->squares / finite) : NAN;
  self->sd = finite > 0 ? to_float (sqrt (MAX (spread, 0))) : NAN;
  set_norm (self, measure);
}

void
bf_stats_set_squares (BfStats *self, double squares, gsize n)
{
  const BfMeasure measure = { .size = n, .squares = squares };

  self->size = (guint32) n;
  self->nonfinite = self->states = self->counted = 0;
  self->rms = (float) sqrt (squares / (double) n);
  set_norm (self, &measure);
}

void
bf_stats_set_none (BfStats *self)
{
  memset (self, 0, sizeof *self);
  self->log_norm = self->norm_low = self->norm_high = NAN;
  self->rms = self->mean = self->sd = self->minimum = self->maximum = NAN;
}

gboolean
bf_stats_all_finite (const float *values, gsize n)
{
  return find_top (values, n) < INFINITE_BITS;
}

double
bf_stats_get_change (const float *before, const float *after, gsize n)
{
  return sum_changes (before, after, n);
}

double
bf_stats_get_outside (const float *values, gsize n, float low, float high)
{
  gsize count = 0;

  for (gsize i = 0; i < n; i += BF_MEASURE_BLOCK)
    count += count_outside (values + i, (int) MIN (BF_MEASURE_BLOCK, n - i), low, high);
  return (double) count / (double) n;
}

double
bf_stats_get_dead (const float *values, gsize rows, gsize columns, guint8 *alive)
{
  gsize dead = 0;

  memset (alive, 0, columns);
  for (gsize row = 0; row < rows; row++)
    mark_alive (alive, values + row * columns, columns);
  for (gsize i = 0; i < columns; i++)
    dead += alive[i] == 0;
  return (double) dead / (double) columns;
}
