/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The loop over a tensor counts as if all values were finite. The square of a finite float32 is
 * finite in double, and so is a sum of them; when that sum is not, some value was not, and the tensor
 * is read again, slowly.
 *
 * The histogram goes by the bits of |v|, which are in the order of the values. A cell of exponent and
 * three bits of mantissa spans at most a factor of 1.125, a bin one of 1.259, so a cell holds one bin
 * edge at most: one comparison with it is exact. Zero, infinity and NaN are bins like the others.
 */
#include "bf-stats.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The loops below are reductions, which the compiler vectorises only when it may reorder sums. The
 * order then depends on the processor, never on the run. */
#if defined (__x86_64__) && defined (__GNUC__) && !defined (__clang__) && defined (__linux__) && !defined (__SANITIZE_ADDRESS__) \
    && !defined (__SANITIZE_THREAD__)
#define REDUCTION __attribute__ ((noinline, optimize ("O3", "associative-math", "no-signed-zeros", "finite-math-only", "no-trapping-math"), \
                                  target_clones ("arch=x86-64-v4", "arch=haswell", "default")))
#else
#define REDUCTION __attribute__ ((noinline))
#endif

#define SIGN_OFF 0x7fffffffu
#define INFINITE_BITS 0x7f800000u

/* Values of one inner loop: short enough for 32-bit counters, long enough to cost nothing. */
#define BLOCK 4096

typedef struct
{
  double sum, squares;
  float low, high;
  guint32 zeros;
} Block;

static inline guint32
to_bits (float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

/* With a NaN among the values, low, high and zeros mean nothing; squares then tells. */
REDUCTION static void
measure_block (Block *restrict out, const float *restrict values, int n)
{
  double sum = 0, squares = 0;
  float low = values[0], high = values[0];
  guint32 zeros = 0;

  for (int i = 0; i < n; i++)
    {
      const double value = values[i];

      sum += value;
      squares += value * value;
      low = values[i] < low ? values[i] : low;
      high = values[i] > high ? values[i] : high;
      zeros += values[i] == 0;
    }
  *out = (Block) { sum, squares, low, high, zeros };
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

void
bf_measure_tensor (BfMeasure *self, const float *values, gsize n)
{
  float low = INFINITY, high = -INFINITY;

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
    }
  if (!isfinite (self->squares))
    measure_finite (self, values, n);
  else if (n > 0)
    {
      self->minimum = low;
      self->maximum = high;
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
  self->sd = finite > 0 ? to_float (sqrt (MAX (spread, 0))) : NAN;
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
#define CELL_MASK ((1u << CELL_SHIFT) - 1)

/* What a value can fall into, in the order of bits without sign. */
enum { SLOT_ZERO, SLOT_UNDER, SLOT_BINS, SLOT_OVER = SLOT_BINS + BF_HISTOGRAM_BINS, SLOT_INFINITE, SLOT_NAN, N_SLOTS };

/* [cell]: slot of its lowest value, and << 8 the mantissa bits from which on the next slot begins. */
static guint32 cells[N_CELLS];

/* Bits of the first float at or above a bin's lower edge. */
static guint32
find_edge (guint bin)
{
  const double edge = pow (10, ((double) bin - 120) / 10);
  float first = (float) edge;

  if ((double) first < edge)
    first = nextafterf (first, INFINITY);
  return to_bits (first);
}

static void
fill_cells (void)
{
  guint32 begins[N_SLOTS + 1] = { 0, 1, [SLOT_INFINITE] = INFINITE_BITS, INFINITE_BITS + 1, G_MAXUINT32 };
  guint slot = 0;

  for (guint bin = 0; bin <= BF_HISTOGRAM_BINS; bin++)
    begins[SLOT_BINS + bin] = find_edge (bin);
  for (guint cell = 0; cell < N_CELLS; cell++)
    {
      const guint32 first = cell << CELL_SHIFT;

      while (first >= begins[slot + 1])
        slot++;
      cells[cell] = slot | MIN (begins[slot + 1] - first, CELL_MASK + 1) << 8;
    }
}

REDUCTION static void
find_slots (guint8 *restrict slots, const float *restrict values, int n)
{
  for (int i = 0; i < n; i++)
    {
      const guint32 bits = to_bits (values[i]) & SIGN_OFF;
      const guint32 cell = cells[bits >> CELL_SHIFT];

      slots[i] = (guint8) ((cell & 0xff) + ((bits & CELL_MASK) >= cell >> 8));
    }
}

/* Several sets of counters: neighbouring values often share a bin, and each would wait for the other. */
static void
count_slots (guint32 (*counts)[N_SLOTS], const guint8 *slots, int n)
{
  int i = 0;

  for (; i + 4 <= n; i += 4)
    for (int j = 0; j < 4; j++)
      counts[j][slots[i + j]]++;
  for (; i < n; i++)
    counts[0][slots[i]]++;
}

void
bf_histogram_count (BfHistogram *self, const float *values, gsize n)
{
  static gsize filled = 0;
  guint32 counts[4][N_SLOTS] = { 0 };
  guint8 slots[BLOCK];

  if (g_once_init_enter (&filled))
    {
      fill_cells ();
      g_once_init_leave (&filled, 1);
    }
  for (gsize i = 0; i < n; i += BLOCK)
    {
      const int size = (int) MIN (BLOCK, n - i);

      find_slots (slots, values + i, size);
      count_slots (counts, slots, size);
    }
  self->total += (guint32) n;
  for (guint i = 0; i < 4; i++)
    {
      self->zero += counts[i][SLOT_ZERO];
      self->under += counts[i][SLOT_UNDER];
      self->over += counts[i][SLOT_OVER];
      self->infinite += counts[i][SLOT_INFINITE];
      self->nan += counts[i][SLOT_NAN];
      for (guint bin = 0; bin < BF_HISTOGRAM_BINS; bin++)
        self->bins[bin] += counts[i][SLOT_BINS + bin];
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
