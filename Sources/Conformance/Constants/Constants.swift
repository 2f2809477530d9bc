// Constants
