/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A shuffled sample is seldom on a page whose address the processor still knows, and to find it out again takes as
 * long as to fetch the sample. A page of 2 MB holds 2,600 images, and there are few enough of them to know all.
 */
#include "bf-pages.h"

#ifdef __linux__
#include <sys/mman.h>

#define LARGE ((gsize) 2 << 20)
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25   /* Linux 6.1 */
#endif

void
bf_pages_enlarge (gpointer memory, gsize size, gboolean filled)
{
  const gsize begin = ((gsize) memory + LARGE - 1) / LARGE * LARGE, end = ((gsize) memory + size) / LARGE * LARGE;

  if (begin >= end)
    return;
  if (madvise ((gpointer) begin, end - begin, MADV_HUGEPAGE) == 0 && filled)
    madvise ((gpointer) begin, end - begin, MADV_COLLAPSE);
}

#else

void
bf_pages_enlarge (gpointer memory, gsize size, gboolean filled)
{
}

#endif
