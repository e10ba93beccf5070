/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The kernel for registers of 8 floats, 16 of them: AVX2 with FMA.
 */
#define LANES     8
#define TILE_ROWS 6
#define KERNEL    bf_kernel_avx2
#define KERNEL_ID "avx2"

#include "bf-kernel-tile.h"
