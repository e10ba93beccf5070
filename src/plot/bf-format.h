#pragma once
#include "../engine/bf-format.h"
