import IPC
import Messages

// quetzal-worker <kind> <index>: all worker kinds of the node in one program.
// A new kind: a folder beside this file, a line in Registry.swift, a line in the topology (TopologyPlan.node).

WorkerProcess.main(registry: registry, schemaHash: MetricsSchema.hash, configure: WorkerLogging.configure)
