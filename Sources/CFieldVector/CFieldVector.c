#include "CFieldVector.h"
