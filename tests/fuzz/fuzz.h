/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What every target shares. A target hands the bytes to one reader and checks what it promises:
 * a result that holds together, or an error with words in it; never a crash, a leak or both.
 * One program a reader, built twice: by libFuzzer, and with replay.c as a short test.
 */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

/* A file in memory with these bytes, for readers that take a path. It is the same file each time. */
const char *bf_fuzz_file (const uint8_t *bytes, size_t size);

/* A result or an error that says something, and never both. */
void bf_fuzz_check (gboolean result, const GError *error);
