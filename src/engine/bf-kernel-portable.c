/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The kernel for registers of 4 floats, 16 of them or more: any x86-64, aarch64.
 */
#define LANES     4
#define TILE_ROWS 6
#define KERNEL    bf_kernel_portable
#define KERNEL_ID "portable"

#include "bf-kernel-tile.h"
