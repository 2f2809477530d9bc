import Field
import JSON
import Protocol

extension NodeAPI {
    static let contractMethods: [Method] = [
        Method(name: "getContractClass", parameters: 1) { api, parameters, writer throws(RPCFailure) in
            let id = parameters.field(0)
            try parameters.finish()
            guard let (found, block) = try api.chain.contractClass(id) else { return false }
            writer.beginObject()
            writer.member("l2BlockNumber", block)
            writer.member("version", ContractClassPublic.version)
            writer.member("artifactHash", found.artifactHash)
            writer.member("privateFunctions", found.privateFunctions)
            writer.member("utilityFunctions", found.utilityFunctions)
            writer.key("packedBytecode")
            writer.base64(found.packedBytecode)
            writer.member("privateFunctionsRoot", found.privateFunctionsRoot)
            writer.member("id", found.id)
            writer.endObject()
            return true
        },
        Method(name: "getContract", parameters: 1) { api, parameters, writer throws(RPCFailure) in
            let address = parameters.aztecAddress(0)
            try parameters.finish()
            guard let contract = try api.chain.contract(address, at: try api.chain.latestNumber()) else { return false }
            writer.value(contract)
            return true
        },
    ]
}
