/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Counting log10 |v|, exactly, without a logarithm and without looking anything up: the exponent stands in the
 * float's bits, and a polynomial of the mantissa gives the rest to a ten-thousandth of a bin. A
 * value that lies closer to an edge than that, about one in four thousand, has its stretch of values compared with
 * the edges themselves. Bins go on beyond both ends, so that no value is a case of its own: zeros end up in the
 * first of them, what is not finite in the last, and only when these hold something are they told apart.
 */
#include "bf-stats.h"

#include "bf-vector-math.h"

#include <math.h>
#include <string.h>

#define SIGN_OFF 0x7fffffffu
#define INFINITE_BITS 0x7f800000u
#define MANTISSA 0x007fffffu
#define ONE_BITS 0x3f800000u

/* Places are slots in units of 2⁻¹⁶. Slot 0 holds zero (exponent 0, where the smallest of all values are),
 * slot FIRST_BIN begins at 10^BF_HISTOGRAM_LOW, and infinity and NaN lie in LAST_FINITE or above. */
#define PLACES 65536
#define FIRST_BIN 263
#define END_BINS (FIRST_BIN + BF_HISTOGRAM_BINS)
#define LAST_FINITE 768
#define N_SLOTS 772
/* 10 log10 2 */
#define SLOTS_AN_OCTAVE 3.0102999566f
/* More places than the polynomial and its rounding are ever off: those are below 6, over all floats. */
#define DOUBT 7

/* Values that are looked at anew when one of them is in doubt. */
#define STRETCH 256

/* Multiplications and additions may be fused: the bins come out the same. */
#if defined (__GNUC__) && !defined (__clang__)
#define FUSED BF_VECTORIZED __attribute__ ((optimize ("O3", "fp-contract=fast")))
#else
#define FUSED BF_VECTORIZED
#endif

static inline guint32
get_size_bits (float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits & SIGN_OFF;
}

/* Whether a value is so near an edge that its slot may be one off. 1 ≤ f < 2 is the mantissa; the polynomial is
 * 10 log10 f from a least-squares fit at Chebyshev nodes, and what brings 10^BF_HISTOGRAM_LOW to FIRST_BIN. */
FUSED static gboolean
find_slots (gint32 *restrict slots, const float *restrict values, int n)
{
  guint32 nearest = PLACES;

  for (int i = 0; i < n; i++)
    {
      const guint32 bits = get_size_bits (values[i]), mantissa = (bits & MANTISSA) | ONE_BITS;
      guint32 place, behind;
      float f, p;

      memcpy (&f, &mantissa, sizeof f);
      p = ((((8666.33691f * f - 80782.3125f) * f + 317659.906f) * f - 694478.25f) * f + 1000176.0f) * f - 505894.125f;
      place = (guint32) (gint32) ((float) (gint32) (bits >> 23) * (SLOTS_AN_OCTAVE * PLACES) + p);
      behind = (place + DOUBT) % PLACES;
      nearest = behind < nearest ? behind : nearest;
      slots[i] = (gint32) (place / PLACES);
    }
  return nearest <= 2 * DOUBT;
}

/* Bits of the first float at or above each bin's lower edge, and the last bin's upper one. */
static guint32 edges[BF_HISTOGRAM_BINS + 1];

static void
fill_edges (void)
{
  for (guint bin = 0; bin <= BF_HISTOGRAM_BINS; bin++)
    {
      const double edge = pow (10, ((double) bin - 120) / 10);
      float first = (float) edge;

      if ((double) first < edge)
        first = nextafterf (first, INFINITY);
      edges[bin] = get_size_bits (first);
    }
}

/* Slots that are at most one off. */
static void
correct_slots (gint32 *slots, const float *values, int n)
{
  for (int i = 0; i < n; i++)
    {
      const guint32 bits = get_size_bits (values[i]);
      const gint32 slot = slots[i];

      if (slot >= FIRST_BIN && slot <= END_BINS && bits < edges[slot - FIRST_BIN])
        slots[i]--;
      else if (slot + 1 >= FIRST_BIN && slot < END_BINS && bits >= edges[slot + 1 - FIRST_BIN])
        slots[i]++;
    }
}

/* Several sets of counters: neighboring values often share a bin, and each would wait for the other. */
static void
count_slots (guint32 (*counts)[N_SLOTS], const gint32 *slots, int n)
{
  int i = 0;

  for (; i + 4 <= n; i += 4)
    for (int j = 0; j < 4; j++)
      counts[j][slots[i + j]]++;
  for (; i < n; i++)
    counts[0][slots[i]]++;
}

BF_VECTORIZED static guint32
count_bits (const float *restrict values, gsize n, guint32 first, guint32 last)
{
  guint32 count = 0;

  for (gsize i = 0; i < n; i++)
    count += get_size_bits (values[i]) - first <= last - first;
  return count;
}

static void
add_counts (BfHistogram *self, const guint32 *counts, const float *values, gsize n)
{
  guint32 under = 0, over = 0, last = 0;

  for (guint slot = 0; slot < FIRST_BIN; slot++)
    under += counts[slot];
  for (guint bin = 0; bin < BF_HISTOGRAM_BINS; bin++)
    self->bins[bin] += counts[FIRST_BIN + bin];
  for (guint slot = END_BINS; slot < LAST_FINITE; slot++)
    over += counts[slot];
  for (guint slot = LAST_FINITE; slot < N_SLOTS; slot++)
    last += counts[slot];
  if (counts[0] > 0)
    {
      const guint32 zero = count_bits (values, n, 0, 0);

      self->zero += zero;
      under -= zero;
    }
  if (last > 0)
    {
      const guint32 infinite = count_bits (values, n, INFINITE_BITS, INFINITE_BITS);
      const guint32 nan = count_bits (values, n, INFINITE_BITS + 1, SIGN_OFF);

      self->infinite += infinite;
      self->nan += nan;
      over += last - infinite - nan;
    }
  self->under += under;
  self->over += over;
}

void
bf_histogram_count (BfHistogram *self, const float *values, gsize n)
{
  static gsize filled = 0;
  guint32 counts[4][N_SLOTS] = { 0 };
  gint32 slots[STRETCH] __attribute__ ((aligned (64)));

  if (g_once_init_enter (&filled))
    {
      fill_edges ();
      g_once_init_leave (&filled, 1);
    }
  for (gsize i = 0; i < n; i += STRETCH)
    {
      const int size = (int) MIN (STRETCH, n - i);

      if (find_slots (slots, values + i, size))
        correct_slots (slots, values + i, size);
      count_slots (counts, slots, size);
    }
  for (guint set = 1; set < 4; set++)
    for (guint slot = 0; slot < N_SLOTS; slot++)
      counts[0][slot] += counts[set][slot];
  self->total += (guint32) n;
  add_counts (self, counts[0], values, n);
}

void
bf_histogram_add (BfHistogram *self, const BfHistogram *other)
{
  self->total += other->total;
  self->zero += other->zero;
  self->under += other->under;
  self->over += other->over;
  self->infinite += other->infinite;
  self->nan += other->nan;
  for (guint bin = 0; bin < BF_HISTOGRAM_BINS; bin++)
    self->bins[bin] += other->bins[bin];
}

void
bf_histogram_multiply (BfHistogram *self, guint32 times)
{
  self->total *= times;
  self->zero *= times;
  self->under *= times;
  self->over *= times;
  self->infinite *= times;
  self->nan *= times;
  for (guint bin = 0; bin < BF_HISTOGRAM_BINS; bin++)
    self->bins[bin] *= times;
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
