public import Field

/// What the logs of a block publish about contracts, in order of appearance (note 05 §10).
public struct BlockContractData: Hashable, Sendable {
    public struct Class: Hashable, Sendable {
        public var contractClass: ContractClassPublic
        public var bytecodeCommitment: Fr
    }

    public struct Functions: Hashable, Sendable {
        public var privateFunctions: [ExecutablePrivateFunction] = []
        public var utilityFunctions: [UtilityFunction] = []
    }

    public var classes: [Class] = []
    public var instances: [ContractInstanceWithAddress] = []
    public var updates: [ContractInstanceUpdatedEvent] = []
    /// Broadcast functions by class. Whether they belong to it can be told only with the class (`isMember(of:)`).
    public var functions: [Fr: Functions] = [:]

    /// Throws when a class or instance event contradicts itself. Broadcast functions that cannot be read are left out.
    public init(of body: Body) throws(ContractEventError) {
        for effect in body.txEffects {
            for log in effect.contractClassLogs { try add(log) }
            for log in effect.privateLogs where ContractInstanceDeployedEvent.matches(log) {
                instances.append(try ContractInstanceDeployedEvent(log).instance())
            }
            for log in effect.publicLogs where ContractInstanceUpdatedEvent.matches(log) {
                updates.append(try ContractInstanceUpdatedEvent(log))
            }
        }
    }

    private mutating func add(_ log: ContractClassLog) throws(ContractEventError) {
        if ContractClassRegisteredEvent.matches(log) {
            let (contractClass, commitment) = try ContractClassRegisteredEvent(log).verified()
            classes.append(Class(contractClass: contractClass, bytecodeCommitment: commitment))
        } else if PrivateFunctionBroadcastedEvent.matches(log), let event = try? PrivateFunctionBroadcastedEvent(log) {
            functions[event.contractClassId, default: Functions()].privateFunctions.append(event.function)
        } else if UtilityFunctionBroadcastedEvent.matches(log), let event = try? UtilityFunctionBroadcastedEvent(log) {
            functions[event.contractClassId, default: Functions()].utilityFunctions.append(event.function)
        }
    }

    public var isEmpty: Bool { classes.isEmpty && instances.isEmpty && updates.isEmpty && functions.isEmpty }
}
