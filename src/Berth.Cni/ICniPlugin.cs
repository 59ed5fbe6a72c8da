namespace Berth.Cni;

/// <summary>A plugin's own work. Failures are <see cref="CniException"/>s; anything else is reported as code 999.</summary>
public interface ICniPlugin
{
    /// <summary>Sets an attachment up; returns what is printed.</summary>
    CniResult Add(CniRequest request);

    /// <summary>Takes an attachment down; one that is not there is no error.</summary>
    void Del(CniRequest request);

    /// <summary>Returns when the attachment is as it should be.</summary>
    void Check(CniRequest request);

    /// <summary>Removes what belongs to no attachment of <see cref="CniRequest.ValidAttachments"/>.</summary>
    void Gc(CniRequest request);

    /// <summary>Returns when ADD can be served; else an error of code 50 or 51.</summary>
    void Status(CniRequest request);
}
