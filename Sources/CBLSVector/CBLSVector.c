#include "CBLSVector.h"
