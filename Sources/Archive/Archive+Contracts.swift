import Bytes
import Field
import Protocol
import Storage

extension Archive {
    // MARK: Reading

    /// A class with the functions that were broadcast for it, the block that registered it, and its bytecode commitment.
    public func contractClass(_ id: Fr) throws(ArchiveError) -> (contractClass: ContractClassPublic, block: UInt64, commitment: Fr)? {
        guard let bytes = try bytes(ArchiveKey.contractClass(id), in: contracts) else { return nil }
        var found: (contractClass: ContractClassPublic, block: UInt64, commitment: Fr)
        do {
            var reader = ByteReader(bytes)
            let block = try reader.readUInt64("block")
            let commitment = try Fr(from: &reader)
            found = (try ContractClassPublic(from: &reader), block, commitment)
        } catch {
            throw .corrupt(what: "contract class \(id)", error)
        }
        try scan(contracts, prefix: ArchiveKey.functions(id)) { key, value throws(ArchiveError) in
            do {
                var reader = ByteReader(value)
                _ = try reader.readUInt64("block")
                if key.last == ArchiveKey.FunctionKind.utilityFunction.rawValue {
                    found.contractClass.utilityFunctions.append(try UtilityFunction(from: &reader))
                } else {
                    found.contractClass.privateFunctions.append(try ExecutablePrivateFunction(from: &reader))
                }
            } catch let error as DecodingError {
                throw ArchiveError.corrupt(what: "function of contract class \(id)", error)
            } catch {
                preconditionFailure("decoders throw DecodingError only: \(error)")
            }
            return true
        }
        return found
    }

    /// Ids of all known classes, ascending.
    public func contractClassIDs() throws(ArchiveError) -> [Fr] {
        var ids: [Fr] = []
        try scan(contracts, prefix: [UInt8(ascii: "c")]) { key, _ throws(ArchiveError) in
            if let id = Fr(canonical: key.dropFirst()) { ids.append(id) }
            return true
        }
        return ids
    }

    /// The instance, its current class taken at block `number`. With `known` nothing counts that was published after
    /// that block, whatever the archive holds by now.
    public func contractInstance(
        _ address: AztecAddress, atBlock number: UInt64, knownAt known: UInt64? = nil
    ) throws(ArchiveError) -> ContractInstanceWithAddress? {
        guard let bytes = try bytes(ArchiveKey.instance(address.bytes), in: contracts) else { return nil }
        var instance: ContractInstance
        do {
            var reader = ByteReader(bytes)
            let block = try reader.readUInt64("block")
            if let known, block > known { return nil }
            instance = try ContractInstance(from: &reader)
        } catch {
            throw .corrupt(what: "contract instance \(address)", error)
        }
        instance.currentContractClassId =
            try update(of: address, atBlock: min(number, known ?? number))?.classId(atBlock: UInt32(clamping: number))
            ?? instance.originalContractClassId
        return ContractInstanceWithAddress(instance: instance, address: address)
    }

    /// The newest update recorded at or before block `number`.
    func update(of address: AztecAddress, atBlock number: UInt64) throws(ArchiveError) -> ContractInstanceUpdate? {
        let prefix = ArchiveKey.updates(address.bytes)
        let last = ArchiveKey.update(address.bytes, block: number, position: Int(UInt32.max))
        do {
            var iterator = StorageIterator(contracts, lowerBound: prefix, upperBound: Self.end(of: prefix))
            guard try iterator.seekForPrevious(last.span) else { return nil }
            return try Self.decode(ContractInstanceUpdate.self, iterator.value, what: "contract update of \(address)")
        } catch let error as StorageError {
            throw .storage(error)
        } catch let error as ArchiveError {
            throw error
        } catch {
            preconditionFailure("only storage and archive errors are thrown here: \(error)")
        }
    }

    // MARK: Writing

    /// Registers a class and instance that exist from genesis (protocol contracts).
    public func putGenesisContract(_ contractClass: ContractClassPublic, commitment: Fr, instance: ContractInstanceWithAddress, to batch: WriteBatch) {
        batch.put(ArchiveKey.contractClass(contractClass.id), bigEndian(UInt64(0)) + commitment.bytes + contractClass.serialized, in: contracts)
        batch.put(ArchiveKey.instance(instance.address.bytes), bigEndian(UInt64(0)) + instance.instance.serialized, in: contracts)
    }

    private func contractData(of block: L2Block, number: UInt64) throws(ArchiveError) -> BlockContractData {
        do { return try BlockContractData(of: block.body) } catch { throw .refused("block \(number): \(error)") }
    }

    func putContracts(of block: L2Block, number: UInt64, to batch: WriteBatch) throws(ArchiveError) {
        let data = try contractData(of: block, number: number)
        guard !data.isEmpty else { return }
        var fresh: [Fr: ContractClassPublic] = [:]
        for entry in data.classes where fresh[entry.contractClass.id] == nil {
            let key = ArchiveKey.contractClass(entry.contractClass.id)
            guard try bytes(key, in: contracts) == nil else { continue }
            fresh[entry.contractClass.id] = entry.contractClass
            batch.put(key, bigEndian(number) + entry.bytecodeCommitment.bytes + entry.contractClass.serialized, in: contracts)
        }
        var deployed: Set<[UInt8]> = []
        for instance in data.instances {
            let key = ArchiveKey.instance(instance.address.bytes)
            // The first deployment stands, so that taking back a later one leaves it.
            guard try bytes(key, in: contracts) == nil, deployed.insert(key).inserted else { continue }
            batch.put(key, bigEndian(number) + instance.instance.serialized, in: contracts)
        }
        for (position, event) in data.updates.enumerated() {
            batch.put(ArchiveKey.update(event.address.bytes, block: number, position: position), event.update.serialized, in: contracts)
        }
        for (id, functions) in data.functions {
            var owner = fresh[id]
            if owner == nil { owner = try contractClass(id)?.contractClass }
            guard let owner else { continue }
            var written: Set<[UInt8]> = []
            func put(_ kind: ArchiveKey.FunctionKind, _ selector: FunctionSelector, _ function: some BinaryCodable) throws(ArchiveError) {
                let key = ArchiveKey.function(id, selector.bytes, kind)
                // The first broadcast of a selector stands.
                guard try bytes(key, in: contracts) == nil, written.insert(key).inserted else { return }
                batch.put(key, bigEndian(number) + function.serialized, in: contracts)
            }
            for function in functions.privateFunctions where function.isMember(of: owner) { try put(.privateFunction, function.selector, function) }
            for function in functions.utilityFunctions where function.isMember(of: owner) { try put(.utilityFunction, function.selector, function) }
        }
    }

    func deleteContracts(of block: L2Block, number: UInt64, to batch: WriteBatch) throws(ArchiveError) {
        let data = try contractData(of: block, number: number)
        /// Only what this very block wrote: an earlier block may have registered the same class.
        func deleteIfWrittenHere(_ key: [UInt8]) throws(ArchiveError) {
            if try self.number(key, in: contracts) == number { batch.delete(key, in: contracts) }
        }
        for entry in data.classes { try deleteIfWrittenHere(ArchiveKey.contractClass(entry.contractClass.id)) }
        for instance in data.instances { try deleteIfWrittenHere(ArchiveKey.instance(instance.address.bytes)) }
        for (position, event) in data.updates.enumerated() {
            batch.delete(ArchiveKey.update(event.address.bytes, block: number, position: position), in: contracts)
        }
        for (id, functions) in data.functions {
            for function in functions.privateFunctions { try deleteIfWrittenHere(ArchiveKey.function(id, function.selector.bytes, .privateFunction)) }
            for function in functions.utilityFunctions { try deleteIfWrittenHere(ArchiveKey.function(id, function.selector.bytes, .utilityFunction)) }
        }
    }
}
