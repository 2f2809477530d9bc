import PeerIdentity

extension GossipRPC {
    /// The protobuf form, members in the order of their numbers.
    public var encoded: [UInt8] {
        var writer = ProtobufWriter()
        for subscription in subscriptions {
            var inner = ProtobufWriter()
            if let subscribes = subscription.subscribes { inner.write(1, subscribes ? 1 : 0) }
            if let topic = subscription.topic { inner.write(2, Array(topic)) }
            writer.write(1, inner.bytes)
        }
        for message in messages {
            var inner = ProtobufWriter()
            if let from = message.from { inner.write(1, Array(from)) }
            if let data = message.data { inner.write(2, Array(data)) }
            if let sequence = message.sequence { inner.write(3, Array(sequence)) }
            if !message.topic.isEmpty { inner.write(4, Array(message.topic)) }
            if let signature = message.signature { inner.write(5, Array(signature)) }
            if let key = message.key { inner.write(6, Array(key)) }
            writer.write(2, inner.bytes)
        }
        if let control { writer.write(3, control.encoded) }
        return writer.bytes
    }

    /// `encoded` behind its length, as it goes on the stream.
    public var framed: [UInt8] {
        let body = encoded
        return Varint.encode(UInt64(body.count)) + body
    }
}

extension GossipRPC.Control {
    var encoded: [UInt8] {
        var writer = ProtobufWriter()
        for entry in ihave {
            var inner = ProtobufWriter()
            if let topic = entry.topic { inner.write(1, Array(topic)) }
            for id in entry.ids { inner.write(2, id.bytes) }
            writer.write(1, inner.bytes)
        }
        for ids in iwant {
            var inner = ProtobufWriter()
            for id in ids { inner.write(1, id.bytes) }
            writer.write(2, inner.bytes)
        }
        for topic in graft {
            var inner = ProtobufWriter()
            if let topic { inner.write(1, Array(topic)) }
            writer.write(3, inner.bytes)
        }
        for entry in prune {
            var inner = ProtobufWriter()
            if let topic = entry.topic { inner.write(1, Array(topic)) }
            for peer in entry.peers {
                var info = ProtobufWriter()
                if let id = peer.id { info.write(1, Array(id)) }
                if let record = peer.signedRecord { info.write(2, Array(record)) }
                inner.write(2, info.bytes)
            }
            if let backoff = entry.backoff { inner.write(3, backoff) }
            writer.write(4, inner.bytes)
        }
        return writer.bytes
    }
}
