/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The kernel for registers of 16 floats, 32 of them: AVX-512.
 */
#define LANES     16
#define TILE_ROWS 12
#define SPREAD    8
#define KERNEL    bf_kernel_avx512
#define KERNEL_ID "avx512"

#include "bf-kernel-tile.h"
