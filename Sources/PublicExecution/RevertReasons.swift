import AVM
import Field
import Protocol

extension SimulationError {
    /// The error that RPC simulation shows for a failed call («note 03 §8», revert reasons).
    init(_ revert: AVMRevert) {
        self.init(
            originalMessage: revert.message,
            functionErrorStack: revert.frames.map { frame in
                FailingFunction(contractAddress: frame.address, functionName: Self.name(frame))
            },
            revertData: revert.data, noirErrorStack: revert.frames.last.map { .opcodes($0.internalCallStack) })
    }

    /// Nodes know no names: the selector stands for one.
    private static func name(_ frame: AVMRevert.Frame) -> String {
        guard let selector = frame.selector else { return "<calldata[0] undefined> (Contract Address: \(frame.address))" }
        return FunctionSelector(selector)?.hex ?? selector.hex
    }
}
