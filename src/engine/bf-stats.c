/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Floats of one sign are ordered as their bits are, so extremes, zeros and what is not finite are
 * found with integer instructions in the same loop as the sums. That loop counts as if all values
 * were finite; a tensor in which one is not is read again, slowly.
 *
 * The histogram looks a bin up by exponent and three bits of mantissa: such a cell spans at most a
 * factor of 1.125, a bin a factor of 1.259, so a cell touches one bin edge at most and a single
 * comparison with that edge is exact.
 */
#include "bf-stats.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The loops below are reductions, which the compiler vectorises only when it may reorder sums. The
 * order then depends on the processor, never on the run. */
#if defined (__x86_64__) && defined (__GNUC__) && !defined (__clang__) && defined (__linux__) && !defined (__SANITIZE_ADDRESS__)
#define REDUCTION __attribute__ ((noinline, optimize ("O3", "associative-math", "no-signed-zeros", "no-trapping-math"), \
                                  target_clones ("arch=x86-64-v4", "arch=haswell", "default")))
#else
#define REDUCTION __attribute__ ((noinline))
#endif

#define SIGN_OFF 0x7fffffffu
#define INFINITE 0x7f800000u

/* Values of one inner loop: short enough for 32-bit counters, long enough to cost nothing. */
#define BLOCK 4096

typedef struct
{
  double sum, squares;
  gint32 low, high;    /* keys, see from_key() */
  guint32 zeros;
  guint32 top;         /* largest bits without sign */
} Block;

static inline guint32
to_bits (float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

static inline float
from_bits (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* Keys are signed integers in the order of the floats: negative ones have their other bits turned. */
static inline gint32
to_key (guint32 bits)
{
  return (gint32) (bits ^ ((guint32) ((gint32) bits >> 31) & SIGN_OFF));
}

static inline float
from_key (gint32 key)
{
  return from_bits (to_key ((guint32) key));
}

REDUCTION static void
measure_block (Block *restrict out, const float *restrict values, int n)
{
  double sum = 0, squares = 0;
  gint32 low = G_MAXINT32, high = G_MININT32;
  guint32 zeros = 0, top = 0;

  for (int i = 0; i < n; i++)
    {
      const double value = values[i];
      const guint32 bits = to_bits (values[i]);
      const guint32 size = bits & SIGN_OFF;
      const gint32 key = to_key (bits);

      sum += value;
      squares += value * value;
      low = key < low ? key : low;
      high = key > high ? key : high;
      top = size > top ? size : top;
      zeros += size == 0;
    }
  *out = (Block) { sum, squares, low, high, zeros, top };
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

/* As measure_block(), of the finite values only. */
static void
measure_finite (BfMeasure *self, const float *values, gsize n)
{
  self->sum = self->squares = 0;
  self->minimum = self->maximum = NAN;
  for (gsize i = 0; i < n; i++)
    {
      const guint32 size = to_bits (values[i]) & SIGN_OFF;

      if (size >= INFINITE)
        {
          self->nonfinite++;
          self->infinite |= size == INFINITE;
          self->nan |= size > INFINITE;
          continue;
        }
      self->sum += values[i];
      self->squares += (double) values[i] * values[i];
      self->minimum = fminf (self->minimum, values[i]);
      self->maximum = fmaxf (self->maximum, values[i]);
    }
}

void
bf_measure_tensor (BfMeasure *self, const float *values, gsize n)
{
  gint32 low = G_MAXINT32, high = G_MININT32;
  guint32 top = 0;

  *self = (BfMeasure) { .size = n, .minimum = NAN, .maximum = NAN };
  for (gsize i = 0; i < n; i += BLOCK)
    {
      Block block;

      measure_block (&block, values + i, (int) MIN (BLOCK, n - i));
      self->sum += block.sum;
      self->squares += block.squares;
      self->zeros += block.zeros;
      low = MIN (low, block.low);
      high = MAX (high, block.high);
      top = MAX (top, block.top);
    }
  if (top >= INFINITE)
    measure_finite (self, values, n);
  else if (n > 0)
    {
      self->minimum = from_key (low);
      self->maximum = from_key (high);
    }
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
  self->sd = finite > 0 ? (float) sqrt (MAX (spread, 0)) : NAN;
  set_norm (self, measure);
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
  return find_top (values, n) < INFINITE;
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

  for (gsize i = 0; i < n; i += BLOCK)
    count += count_outside (values + i, (int) MIN (BLOCK, n - i), low, high);
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

/* Cells of the histogram: exponent and three bits of mantissa. */
#define CELL_SHIFT 20
#define N_CELLS (1u << (31 - CELL_SHIFT))
/* Slots that cells and edges lead to: values below all bins, the bins, values above. */
#define N_SLOTS (BF_HISTOGRAM_BINS + 2)

static guint8 cell_slots[N_CELLS];      /* slot of the cell's lowest value */
static guint32 slot_ends[N_SLOTS];      /* bits of the first value behind the slot */

static void
fill_tables (void)
{
  guint slot = 0;

  for (guint i = 0; i <= BF_HISTOGRAM_BINS; i++)
    {
      /* the first float at or above the edge */
      const double edge = pow (10, ((double) i - 120) / 10);
      float first = (float) edge;

      if ((double) first < edge)
        first = nextafterf (first, INFINITY);
      slot_ends[i] = to_bits (first);
    }
  slot_ends[N_SLOTS - 1] = G_MAXUINT32;
  for (guint cell = 0; cell < N_CELLS; cell++)
    {
      while (cell << CELL_SHIFT >= slot_ends[slot])
        slot++;
      cell_slots[cell] = (guint8) slot;
    }
}

static void
count_slow (BfHistogram *self, guint32 size)
{
  if (size == 0)
    self->zero++;
  else if (size == INFINITE)
    self->infinite++;
  else
    self->nan++;
}

static inline guint
find_slot (guint32 size)
{
  const guint slot = cell_slots[size >> CELL_SHIFT];

  return slot + (size >= slot_ends[slot]);
}

/* Several sets of counters: neighbouring values often share a bin, and each would wait for the other. */
static void
count_values (BfHistogram *self, guint32 (*counts)[N_SLOTS], const float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      const guint32 size = to_bits (values[i]) & SIGN_OFF;

      if (G_UNLIKELY (size - 1 >= INFINITE - 1))
        count_slow (self, size);
      else
        counts[i & 3][find_slot (size)]++;
    }
}

void
bf_histogram_count (BfHistogram *self, const float *values, gsize n)
{
  static gsize filled = 0;
  guint32 counts[4][N_SLOTS] = { 0 };

  if (g_once_init_enter (&filled))
    {
      fill_tables ();
      g_once_init_leave (&filled, 1);
    }
  self->total += (guint32) n;
  count_values (self, counts, values, n);
  for (guint i = 0; i < 4; i++)
    {
      self->under += counts[i][0];
      self->over += counts[i][N_SLOTS - 1];
      for (guint bin = 0; bin < BF_HISTOGRAM_BINS; bin++)
        self->bins[bin] += counts[i][bin + 1];
    }
}

gsl_histogram *
bf_histogram_to_gsl (const BfHistogram *self)
{
  gsl_histogram *histogram = gsl_histogram_calloc_uniform (BF_HISTOGRAM_BINS, BF_HISTOGRAM_LOW,
                                                           BF_HISTOGRAM_LOW + BF_HISTOGRAM_BINS * BF_HISTOGRAM_STEP);

  for (guint bin = 0; bin < BF_HISTOGRAM_BINS; bin++)
    histogram->bin[bin] = self->bins[bin];
  return histogram;
}
